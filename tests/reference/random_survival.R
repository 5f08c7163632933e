# What R's survival says of random data sets: Rscript random_survival.R <folder of 0.csv, 1.csv, ...>
suppressMessages(library(survival))
folder <- commandArgs(trailingOnly = TRUE)[1]
options(warn = -1)
out <- file.path(folder, "values.csv")
cat("set,key,value\n", file = out)
say <- function(set, key, values) {
  keys <- sprintf("%s/%d", key, seq_along(values) - 1)
  cat(sprintf("%d,%s,%.16e\n", set, keys, values), file = out, append = TRUE, sep = "")
}
for (set in seq_along(list.files(folder, pattern = "^[0-9]+[.]csv$")) - 1) {
  data <- read.csv(file.path(folder, sprintf("%d.csv", set)))
  names <- grep("^x", names(data), value = TRUE)
  model <- reformulate(c(names, "strata(stratum)"), "Surv(time, event)")
  fit <- try(coxph(model, data, control = coxph.control(
    eps = 1e-12, toler.chol = 1e-13, iter.max = 50
  )), silent = TRUE)
  if (!inherits(fit, "try-error")) {
    say(set, "coefficient", coef(fit))
    say(set, "std_err", sqrt(diag(vcov(fit))))
  }
  curve <- survfit(Surv(time, event) ~ 1, data)
  limits <- quantile(curve, c(0.25, 0.5, 0.75))
  say(set, "quantile", c(limits$quantile, limits$lower, limits$upper))
  groups <- try(survdiff(Surv(time, event) ~ stratum, data), silent = TRUE)
  if (!inherits(groups, "try-error")) say(set, "log_rank", groups$chisq)
}
