# Evaluates calls as analyses say them. Argument: a folder with calls.csv (analysis, population, call, folder) and a
# folder for each call with data.csv and factors.csv. Writes answers.csv.
suppressMessages({ library(survival); library(cmprsk) })
folder <- commandArgs(TRUE)[1]
calls <- read.csv(file.path(folder, "calls.csv"), colClasses = "character")
rows <- list()
add <- function(call, term, statistic, value)
  rows[[length(rows) + 1]] <<- data.frame(analysis = call$analysis, term = term, statistic = statistic,
                                          value = trimws(format(value, digits = 15)))
for (i in seq_len(nrow(calls))) {
  call <- calls[i, ]
  place <- file.path(folder, call$folder)
  factors <- read.csv(file.path(place, "factors.csv"), colClasses = "character")
  classes <- if (nrow(factors)) setNames(rep("character", nrow(factors)), factors$name) else NA
  data <- read.csv(file.path(place, "data.csv"), na.strings = "", check.names = FALSE, colClasses = classes)
  for (j in seq_len(nrow(factors))) {
    name <- factors$name[j]
    data[[name]] <- factor(data[[name]], levels = strsplit(factors$levels[j], "|", fixed = TRUE)[[1]])
    data[[name]] <- droplevels(data[[name]])
  }
  here <- new.env(parent = globalenv())
  assign(call$population, data, envir = here)
  focused <- function(x) x[startsWith(names(x), call$focus)]
  fit <- suppressWarnings(eval(parse(text = call$call), envir = here))
  if (inherits(fit, "coxph")) add(call, names(focused(coef(fit))), "hazard_ratio", exp(focused(coef(fit))))
  else if (inherits(fit, "glm")) add(call, names(focused(coef(fit))), "odds_ratio", exp(focused(coef(fit))))
  else if (inherits(fit, "lm")) add(call, names(focused(coef(fit))), "coefficient", focused(coef(fit)))
  else if (inherits(fit, "survfit")) {
    medians <- if (is.null(fit$strata)) summary(fit)$table["median"] else summary(fit)$table[, "median"]
    groups <- if (is.null(fit$strata)) "" else sub("^[^=]*=", "", names(fit$strata))
    add(call, groups, "median_survival", medians)
  } else if (inherits(fit, "survdiff")) add(call, "", "log_rank_chi_squared", fit$chisq)
  else if (inherits(fit, "cuminc")) add(call, setdiff(rownames(fit$Tests), "censored"), "gray_chi_squared",
                                        fit$Tests[setdiff(rownames(fit$Tests), "censored"), "stat"])
  else if (inherits(fit, "pairwise.htest")) next
  else if (grepl("Spearman", fit$method)) add(call, "", "spearman_rho", fit$estimate)
  else if (grepl("Exact binomial", fit$method)) {
    term <- sub('.*sum\\(([a-z_0-9]+) == "([^"]*)".*', "\\1\\2", call$call)
    add(call, term, "rate", 100 * fit$estimate)
  } else if (grepl("Wilcoxon", fit$method)) add(call, sub(" by .*", "", fit$data.name), "wilcoxon_w", fit$p.value)
  else if (grepl("Kruskal", fit$method)) add(call, sub(" by .*", "", fit$data.name), "kruskal_wallis_h", fit$statistic)
}
write.csv(do.call(rbind, rows), file.path(folder, "answers.csv"), row.names = FALSE)
