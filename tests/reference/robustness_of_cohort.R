# The robustness tables of a cohort as R recomputes them from the derived tables alone:
# Rscript robustness_of_cohort.R <folder with patients.csv and response.csv> <file to write>
suppressPackageStartupMessages(library(survival))
arguments <- commandArgs(trailingOnly = TRUE)
options(digits = 17, warn = -1)
patients <- read.csv(file.path(arguments[1], "patients.csv"), stringsAsFactors = FALSE)
response <- read.csv(file.path(arguments[1], "response.csv"), stringsAsFactors = FALSE)
told <- list()
say <- function(key, x) told[[length(told) + 1]] <<- data.frame(key = key, value = as.numeric(x))
exact <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 50)
ratio <- function(key, fit) {
  found <- summary(fit)
  for (term in rownames(found$conf.int)) {
    say(paste(key, term, "estimate", sep = "|"), found$conf.int[term, 1])
    say(paste(key, term, "ci_low", sep = "|"), found$conf.int[term, 3])
    say(paste(key, term, "ci_high", sep = "|"), found$conf.int[term, 4])
    say(paste(key, term, "p_value", sep = "|"), found$coefficients[term, "Pr(>|z|)"])
  }
  say(paste(key, "n", sep = "|"), found$n)
  say(paste(key, "events", sep = "|"), found$nevent)
}

# --- proportional hazards of table 3 and of supplemental table 3 -----------------------------------------
d <- subset(patients, in_progression_cohort == 1)
d$secondary <- as.numeric(d$resistance == "secondary")
for (term in c("max_change_pct", "pfs_months", "secondary")) {
  fit <- coxph(reformulate(c(term, "baseline_sum_mm"), "Surv(pps_months, pps_event)"), d, control = exact)
  found <- cox.zph(fit)$table
  say(paste("zph", term, sep = "|"), found[term, "p"])
  say(paste("zph", term, "GLOBAL", sep = "|"), found["GLOBAL", "p"])
  moved <- abs(residuals(fit, "dfbetas")[, 1])
  say(paste("influence", term, sep = "|"), max(moved))
  say(paste("share", term, sep = "|"), 100 * mean(moved > 2 / sqrt(length(moved))))
}

# --- a straight line against a restricted cubic spline (Harrell's basis, four knots) -------------------------
bends <- function(x) {
  k <- quantile(x, c(0.05, 0.35, 0.65, 0.95))
  cube <- function(v) pmax(v, 0)^3 / (k[4] - k[1])^2
  sapply(1:2, function(j) cube(x - k[j]) - cube(x - k[3]) * (k[4] - k[j]) / (k[4] - k[3]) +
                          cube(x - k[4]) * (k[3] - k[j]) / (k[4] - k[3]))
}
for (term in c("max_change_pct", "pfs_months", "target_sum_at_progression_mm")) {
  x <- d[!is.na(d[[term]]) & !is.na(d$baseline_sum_mm), ]
  y <- Surv(x$pps_months, x$pps_event)
  straight <- coxph(y ~ x[[term]] + x$baseline_sum_mm, control = exact)
  bent <- coxph(y ~ x[[term]] + bends(x[[term]]) + x$baseline_sum_mm, control = exact)
  say(paste("bent", term, sep = "|"), 2 * (bent$loglik[2] - straight$loglik[2]))
}

# --- landmarks: what the scans up to then tell of those still alive then ---------------------------------
r <- subset(patients, in_response_cohort == 1)
scans <- subset(response, counted == 1)
known <- function(id, month) {
  s <- scans[scans$patient_id == id & scans$month <= month, ]
  s <- s[order(s$month), ]
  s <- s[!is.na(s$change_from_baseline_pct), ]
  if (!nrow(s)) return(c(NA, NA, NA))
  best <- which.min(s$change_from_baseline_pct)
  c(s$change_from_baseline_pct[best], s$month[best], any(s$overall_response %in% c("CR", "PR")))
}
for (month in c(3, 6)) {
  k <- as.data.frame(t(sapply(r$patient_id, known, month = month)))
  names(k) <- c("depth", "nadir", "responds")
  for (outcome in c("pfs", "os")) {
    x <- cbind(k, time = r[[paste0(outcome, "_months")]] - month, event = r[[paste0(outcome, "_event")]])
    x <- subset(x, time > 0 & !is.na(depth))
    key <- paste(outcome, month, sep = "|")
    ratio(paste(key, "depth", sep = "|"), coxph(Surv(time, event) ~ depth, x, control = exact))
    ratio(paste(key, "both", sep = "|"), coxph(Surv(time, event) ~ depth + nadir, x, control = exact))
    ratio(paste(key, "responds", sep = "|"), coxph(Surv(time, event) ~ responds, x, control = exact))
  }
}

# --- covariates that change at scans ----------------------------------------------------------------------
pieces <- do.call(rbind, lapply(seq_len(nrow(r)), function(i) {
  s <- scans[scans$patient_id == r$patient_id[i] & scans$month > 0 & scans$month < r$os_months[i], ]
  cuts <- sort(unique(c(0, s$month)))
  k <- t(sapply(cuts, function(m) if (m == 0) c(0, 0, 0) else known(r$patient_id[i], m)))
  stop <- c(cuts[-1], r$os_months[i])
  data.frame(start = cuts, stop = stop, event = c(rep(0, length(cuts) - 1), r$os_event[i]),
             depth = k[, 1], nadir = k[, 2], responds = k[, 3])
}))
for (column in c("depth", "nadir", "responds")) {   # a scan without a sum leaves what was known
  missing <- is.na(pieces[[column]])
  stopifnot(!any(missing))
}
ratio("changing|depth", coxph(Surv(start, stop, event) ~ depth, pieces, control = exact))
ratio("changing|both", coxph(Surv(start, stop, event) ~ depth + nadir, pieces, control = exact))
ratio("changing|responds", coxph(Surv(start, stop, event) ~ responds, pieces, control = exact))

# --- restricted means of survival after progression ------------------------------------------------------
for (horizon in c(12, 24)) {
  found <- summary(survfit(Surv(pps_months, pps_event) ~ secondary, d), rmean = horizon)$table
  say(paste("rmean", horizon, sep = "|"), found[2, "rmean"] - found[1, "rmean"])
}

# --- centers -----------------------------------------------------------------------------------------------
fit <- coxph(Surv(pps_months, pps_event) ~ secondary + baseline_sum_mm + strata(site), d, control = exact)
ratio("strata", fit)
more <- coxph(Surv(pps_months, pps_event) ~ secondary * I(site == max(site)) + baseline_sum_mm + strata(site),
              d, control = exact)
say("interaction", pchisq(2 * (more$loglik[2] - fit$loglik[2]), 1, lower.tail = FALSE))

write.csv(do.call(rbind, told), arguments[2], row.names = FALSE)
