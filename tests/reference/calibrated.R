# Tables 1 to 3 and figure 2D as R recomputes them: Rscript calibrated.R derived/patients.csv out.csv
suppressMessages(library(survival))
paths <- commandArgs(trailingOnly = TRUE)
all <- read.csv(paths[1], stringsAsFactors = FALSE)
d <- subset(all, in_progression_cohort == 1)
cat("claim_id,value\n", file = paths[2])
say <- function(id, value) cat(sprintf("%s,%.15g\n", id, value), file = paths[2], append = TRUE)

# Table 1 and table 2: medians, ranges and tests
measures <- c(
  size = "target_sum_at_progression_mm", enlargement_total = "enlargement_pct",
  enlargement_month = "enlargement_pct_per_month", ldh_change = "ldh_change_pct",
  ldh_change_month = "ldh_change_pct_per_month"
)
for (name in names(measures)) {
  x <- d[[measures[[name]]]]
  groups <- list(t1 = rep(TRUE, nrow(d)), primary = d$resistance == "primary",
                 secondary = d$resistance == "secondary")
  for (group in names(groups)) {
    id <- if (group == "t1") paste0("t1_", name) else paste0("t2_", name, "_", group)
    v <- x[groups[[group]]]
    say(id, median(v, na.rm = TRUE))
    say(paste0(id, "_min"), min(v, na.rm = TRUE))
    say(paste0(id, "_max"), max(v, na.rm = TRUE))
  }
  test <- suppressWarnings(wilcox.test(x[groups$primary], x[groups$secondary]))
  say(paste0("t2_", name, "_p"), test$p.value)
}
organs <- pmin(d$organs_at_progression, 3)
ldh <- ifelse(is.na(d$ldh_at_progression) | d$ldh_at_progression == "", "missing",
              d$ldh_at_progression)
for (variable in list(c("t2_pattern_p", "progression_pattern"), c("t2_organs_p", "organs"),
                      c("t2_ldh_p", "ldh"))) {
  values <- switch(variable[2], organs = organs, ldh = ldh, d[[variable[2]]])
  say(variable[1], fisher.test(table(values, d$resistance), workspace = 2e7)$p.value)
}

# Table 3: one model a row, each adjusted for the baseline size
d$secondary <- d$resistance == "secondary"
d$both <- d$progression_pattern == "both"
d$elevated <- ifelse(ldh == "missing", NA, ldh == "elevated")
models <- c(
  t3_change = "max_change_pct", t3_nadir = "time_to_nadir_months", t3_pfs = "pfs_months",
  t3_pattern = "both", t3_organs = "organs_at_progression",
  t3_size = "target_sum_at_progression_mm", t3_enlargement = "enlargement_pct_per_month",
  t3_ldh = "elevated", t3_ldh_change = "ldh_change_pct_per_month",
  t3_resistance = "secondary", res_braf = "braf_v600"
)
for (id in names(models)) {
  formula <- as.formula(paste("Surv(pps_months, pps_event) ~", models[[id]], "+ baseline_sum_mm"))
  fit <- summary(coxph(formula, d, control = coxph.control(eps = 1e-12, iter.max = 50)))
  say(id, fit$conf.int[1, 1])
  say(paste0(id, "_low"), fit$conf.int[1, 3])
  say(paste0(id, "_high"), fit$conf.int[1, 4])
  say(paste0(id, "_p"), fit$coefficients[1, 5])
}

# Figure 2D
curves <- function(id, rows) {
  q <- quantile(survfit(Surv(pps_months, pps_event) ~ 1, rows), 0.5)
  say(id, q$quantile)
  say(paste0(id, "_low"), q$lower)
  say(paste0(id, "_high"), q$upper)
}
curves("res_pps", d)
curves("f2d_pps_primary", subset(d, resistance == "primary"))
curves("f2d_pps_secondary", subset(d, resistance == "secondary"))
test <- survdiff(Surv(pps_months, pps_event) ~ resistance, d)
say("f2d_p", pchisq(test$chisq, 1, lower.tail = FALSE))
