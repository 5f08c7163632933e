# Cumulative incidence by survival, Gray's test by cmprsk: one line a number, for data given as CSV.
suppressPackageStartupMessages({
  library(survival)
  library(cmprsk)
})
arguments <- commandArgs(trailingOnly = TRUE)
told <- list()
tell <- function(set, key, value) told[[length(told) + 1]] <<- data.frame(set = set, key = key, value = value)
for (file in list.files(arguments[1], pattern = "^[0-9]+\\.csv$")) {
  set <- sub("\\.csv$", "", file)
  data <- read.csv(file.path(arguments[1], file))
  fit <- survfit(Surv(time, factor(cause, 0:2)) ~ 1, data = data)
  times <- sort(unique(round(quantile(data$time, c(0.2, 0.5, 0.8)))))
  found <- summary(fit, times = times)
  tell(set, "time", times)
  for (cause in 1:2) {
    tell(set, paste0("incidence", cause), found$pstate[, cause + 1])
    tell(set, paste0("low", cause), found$lower[, cause + 1])
    tell(set, paste0("high", cause), found$upper[, cause + 1])
  }
  tests <- cuminc(data$time, data$cause, data$group)$Tests
  tell(set, "gray", tests[, "stat"])
  tell(set, "p", tests[, "pv"])
}
write.csv(do.call(rbind, told), file.path(arguments[1], "values.csv"), row.names = FALSE)
