# The same tables' numbers and figures from the derived tables, as a statistician would write them in R
# (survival, survminer, ggplot2): the peer that a run of the workflow is timed against.
#
#   Rscript paper.R <folder with derived/patients.csv and derived/response.csv> <folder to write to>
suppressPackageStartupMessages({
  library(survival)
  library(survminer)
  library(ggplot2)
})
arguments <- commandArgs(trailingOnly = TRUE)
patients <- read.csv(file.path(arguments[1], "derived", "patients.csv"), na.strings = "")
scans <- read.csv(file.path(arguments[1], "derived", "response.csv"), na.strings = "")
out <- arguments[2]
dir.create(out, recursive = TRUE, showWarnings = FALSE)
response <- patients[patients$in_response_cohort %in% 1, ]
progression <- patients[patients$in_progression_cohort %in% 1, ]
numbers <- list()
keep <- function(...) numbers[[length(numbers) + 1]] <<- data.frame(..., stringsAsFactors = FALSE)

# Frequencies and summaries by group, with tests (tables 1, S1 to S5).
characteristics <- c("sex", "melanoma_subtype", "stage", "ecog", "brain_metastasis", "braf_v600", "nras",
                     "prior_immunotherapy", "prior_targeted_therapy", "ldh_at_baseline")
measures <- c("age_years", "baseline_sum_mm", "change_3_months_pct", "max_change_pct", "time_to_nadir_months",
              "pfs_months", "enlargement_pct", "enlargement_pct_per_month", "target_sum_at_progression_mm",
              "ldh_change_pct", "organs_at_progression")
describe <- function(data, group, label) {
  for (name in intersect(characteristics, names(data))) {
    counts <- table(data[[name]], data[[group]], useNA = "ifany")
    shares <- 100 * prop.table(counts, 2)
    p <- tryCatch(fisher.test(table(data[[name]], data[[group]]), workspace = 2e7)$p.value, error = function(e) NA)
    keep(what = label, term = name, value = as.vector(counts), share = as.vector(shares), p = p)
  }
  for (name in intersect(measures, names(data))) {
    if (all(is.na(data[[name]]))) next
    parts <- split(data[[name]], data[[group]])
    for (part in names(parts)) {
      values <- parts[[part]][!is.na(parts[[part]])]
      if (!length(values)) next
      keep(what = label, term = paste(name, part), value = c(mean(values), quantile(values)), share = NA, p = NA)
    }
    if (length(parts) > 1) {
      keep(what = label, term = name, value = NA, share = NA,
           p = tryCatch(kruskal.test(data[[name]], factor(data[[group]]))$p.value, error = function(e) NA))
      pairs <- suppressWarnings(tryCatch(pairwise.wilcox.test(data[[name]], data[[group]], p.adjust.method = "bonferroni"), error = function(e) list(p.value = NA)))
      keep(what = label, term = name, value = NA, share = NA, p = as.vector(pairs$p.value))
    }
  }
}
describe(patients, "in_response_cohort", "everyone")
describe(response, "best_response", "response")
describe(progression, "resistance", "resistance")
describe(progression, "progression_pattern", "pattern")
describe(progression, "site", "site")
for (event in c("CR", "PR", "SD", "PD")) {
  found <- binom.test(sum(response$best_response == event), nrow(response))
  keep(what = "rate", term = event, value = c(found$estimate, found$conf.int), share = NA, p = NA)
}

# Kaplan-Meier curves, medians, rates and log-rank tests (figures 2A, 2D).
curves <- list(pfs = c("pfs_months", "pfs_event"), os = c("os_months", "os_event"), pps = c("pps_months", "pps_event"))
for (name in names(curves)) {
  columns <- curves[[name]]
  for (group in c("1", "site", "best_response", "resistance", "progression_pattern")) {
    data <- if (name == "pps") progression else patients
    model <- as.formula(sprintf("Surv(%s, %s) ~ %s", columns[1], columns[2], group))
    fit <- survfit(model, data = data)
    keep(what = name, term = group, value = as.vector(as.matrix(summary(fit)$table)), share = NA, p = NA)
    at <- summary(fit, times = c(6, 12, 18, 24), extend = TRUE)
    keep(what = name, term = group, value = c(at$surv, at$lower, at$upper, at$n.risk), share = NA, p = NA)
    if (group != "1") {
      test <- survdiff(model, data = data)
      keep(what = name, term = group, value = test$chisq, share = NA, p = pchisq(test$chisq, length(test$n) - 1, lower.tail = FALSE))
    }
  }
}

# Cox, logistic and linear models, bivariate and together (tables 2, 3, S6 to S13).
terms <- c("resistance", "progression_pattern", "max_change_pct", "time_to_nadir_months", "pfs_months", "baseline_sum_mm",
           "organs_at_progression", "target_sum_at_progression_mm", "enlargement_pct", "ldh_at_progression", "age_years",
           "sex", "stage", "ecog", "brain_metastasis", "braf_v600", "nras", "prior_immunotherapy", "prior_targeted_therapy")
tell <- function(fit, what, term) {
  found <- summary(fit)$coefficients
  limits <- suppressMessages(tryCatch(confint.default(fit), error = function(e) NA))
  keep(what = what, term = term, value = c(found, limits), share = NA, p = NA)
}
models <- function(left, data, fitter, what) {
  for (adjusted in c("", " + baseline_sum_mm", " + strata(site)")) {
    for (term in terms) {
      fit <- tryCatch(suppressWarnings(fitter(as.formula(paste(left, "~", term, adjusted)), data)), error = function(e) NULL)
      if (!is.null(fit)) tell(fit, what, term)
    }
  }
  together <- paste(terms[c(1, 3, 4, 6)], collapse = " + ")
  fit <- tryCatch(suppressWarnings(fitter(as.formula(paste(left, "~", together)), data)), error = function(e) NULL)
  if (!is.null(fit)) tell(fit, what, "together")
}
by_cox <- function(model, data) coxph(model, data = data)
models("Surv(pps_months, pps_event)", progression, by_cox, "cox pps")
models("Surv(pfs_months, pfs_event)", response, by_cox, "cox pfs")
models("Surv(os_months, os_event)", response, by_cox, "cox os")
progression$is_secondary <- as.integer(progression$resistance == "secondary")
models("is_secondary", progression, function(model, data) glm(model, binomial, data), "logistic")
models("enlargement_pct", progression, function(model, data) lm(model, data), "linear")
for (first in measures) for (second in measures) if (first < second) {
  both <- complete.cases(progression[, c(first, second)])
  if (sum(both) < 4) next
  found <- suppressWarnings(cor.test(progression[both, first], progression[both, second], method = "spearman"))
  keep(what = "spearman", term = paste(first, second), value = found$estimate, share = NA, p = found$p.value)
}
numbers <- do.call(rbind, lapply(numbers, function(rows) rows[, c("what", "term", "value", "share", "p")]))
write.csv(numbers, file.path(out, "numbers.csv"), row.names = FALSE)

# Figures, each as SVG, PDF and PNG.
save <- function(name, plot, width = 6.9, height = 4) {
  for (suffix in c("svg", "pdf", "png")) {
    path <- file.path(out, paste0(name, ".", suffix))
    switch(suffix, svg = svg(path, width, height), pdf = pdf(path, width, height),
           png = png(path, width, height, units = "in", res = 300))
    print(plot)
    dev.off()
  }
}
look <- theme_classic(base_size = 8)
sizes <- data.frame(step = c("all", "evaluated", "progressed"), n = c(nrow(patients), nrow(response), nrow(progression)))
save("figure1", ggplot(sizes, aes(step, n, label = n)) + geom_col() + geom_text(vjust = -0.4) + look)
shown <- merge(scans, response[, c("patient_id", "best_response")])
save("figure2a", ggplot(shown, aes(month, change_from_baseline_pct, group = patient_id)) + geom_line(linewidth = 0.2) +
       facet_wrap(~best_response) + look)
for (column in c("change_3_months_pct", "max_change_pct", "time_to_nadir_months", "baseline_sum_mm")) {
  name <- c(change_3_months_pct = "figure2b", max_change_pct = "figureS1", time_to_nadir_months = "figureS2",
            baseline_sum_mm = "figure2c")[[column]]
  save(name, ggplot(response, aes(best_response, .data[[column]], fill = best_response)) +
         geom_boxplot(outlier.shape = NA) + geom_jitter(width = 0.2, size = 0.5) + stat_compare_means(size = 2) + look)
}
fit <- survfit(Surv(pps_months, pps_event) ~ resistance, data = progression)
save("figure2d", ggsurvplot(fit, data = progression, risk.table = TRUE, pval = TRUE, conf.int = TRUE))
ordered <- response[order(response$max_change_pct), ]
save("waterfall", ggplot(ordered, aes(seq_along(max_change_pct), max_change_pct, fill = best_response)) + geom_col() + look)
save("swimmer", ggplot(patients, aes(reorder(patient_id, os_months), os_months, fill = best_response)) +
       geom_col() + coord_flip() + geom_point(aes(y = pfs_months), size = 0.4) + look, height = 9)
