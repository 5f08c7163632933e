# The replication again, with R alone: reads the files of the cohorts and prints every number of
# results/replication/estimates.csv and pooled.csv. Packages: survival, metafor.
#   Rscript tests/reference/replication.R FOLDER_OF_THE_COHORTS
suppressMessages({library(survival); library(metafor)})
options(digits = 15)
folder <- commandArgs(TRUE)[1]
MONTH <- 30.4375

rows <- list()
say <- function(finding, cohort, n, events, estimate, low, high, p) {
  rows[[length(rows) + 1]] <<- data.frame(finding, cohort, n, events, estimate, ci_low = low,
                                          ci_high = high, p_value = p)
}
cox_row <- function(finding, cohort, fit, term) {
  s <- summary(fit)
  say(finding, cohort, s$n, s$nevent, s$conf.int[term, "exp(coef)"], s$conf.int[term, "lower .95"],
      s$conf.int[term, "upper .95"], s$coefficients[term, "Pr(>|z|)"])
}
rate_row <- function(finding, cohort, yes) {
  yes <- yes[!is.na(yes)]
  ci <- 100 * binom.test(sum(yes), length(yes))$conf.int
  say(finding, cohort, length(yes), sum(yes), 100 * mean(yes), ci[1], ci[2], NA)
}
rho_row <- function(finding, cohort, x, y) {
  n <- length(x)
  rho <- suppressWarnings(cor.test(x, y, method = "spearman", exact = FALSE))
  z <- atanh(unname(rho$estimate)) + c(-1, 1) * qnorm(0.975) / sqrt(n - 3)
  say(finding, cohort, n, NA, unname(rho$estimate), tanh(z[1]), tanh(z[2]), rho$p.value)
}
linear_row <- function(finding, cohort, y, x) {
  fit <- lm(y ~ x)
  ci <- confint(fit)["x", ]
  say(finding, cohort, length(y), NA, unname(coef(fit)["x"]), ci[1], ci[2],
      summary(fit)$coefficients["x", 4])
}

# What reported PFS and response say: progression unless PFS ends on the day of death; primary or
# secondary resistance by best response and six months.
reported <- function(d) {
  d$progressed <- ifelse(is.na(d$progression), d$pfs_event == 1 & !(d$death == 1 & d$pfs >= d$os),
                         d$progression == 1) & !is.na(d$pfs)
  early <- d$pfs / MONTH < 6
  d$type <- ifelse(!d$progressed | is.na(d$best), NA,
            ifelse(d$best %in% c("PD", "SD/PD"), "primary",
            ifelse(d$best == "SD", ifelse(early, "primary", "secondary"),
            ifelse(d$best %in% c("CR", "PR", "CR/PR"), "secondary", NA))))
  d$pps <- ifelse(d$progressed, (d$os - d$pfs) / MONTH, NA)
  d$pfs_months <- d$pfs / MONTH
  d
}
answer_reported <- function(d, cohort) {
  p <- d[d$progressed & !is.na(d$os) & !is.na(d$death), ]
  typed <- p[!is.na(p$type), ]
  typed$secondary <- as.numeric(typed$type == "secondary")
  cox_row("pps_by_resistance", cohort, coxph(Surv(pps, death) ~ secondary, typed), "secondary")
  cox_row("pps_on_pfs", cohort, coxph(Surv(pps, death) ~ pfs_months, p), "pfs_months")
  known <- d[!is.na(d$best) & d$best != "mixed", ]
  rate_row("objective_response", cohort, known$best %in% c("CR", "PR", "CR/PR"))
  benefit <- ifelse(known$best %in% c("CR", "PR", "CR/PR"), TRUE,
             ifelse(known$best == "SD", known$pfs / MONTH >= 6, FALSE))
  rate_row("disease_control", cohort, benefit)
}

# --- Liu 2019 -------------------------------------------------------------------------------------
liu <- read.delim(file.path(folder, "liu2019.tsv"), check.names = FALSE, na.strings = c("", "NA"))
liu <- reported(data.frame(
  best = ifelse(liu$BR == "MR", "mixed", liu$BR), pfs = liu$PFS, os = liu$OS, death = liu$dead,
  progression = liu$progressed, pfs_event = NA))
answer_reported(liu, "liu2019")

# --- Riaz 2017 ------------------------------------------------------------------------------------
riaz <- read.csv(file.path(folder, "riaz2017.csv"))
riaz <- reported(data.frame(best = riaz$BOR, pfs = riaz$PFS, os = riaz$OS, death = 1 - riaz$OS_SOR,
                            progression = NA, pfs_event = 1 - riaz$PFS_SOR))
answer_reported(riaz, "riaz2017")

# --- INSPIRE 2020 ---------------------------------------------------------------------------------
load(file.path(folder, "inspire2020_pembrolizumab.rda"))
load(file.path(folder, "inspire2020_ctDNA.rda"))
ins <- as.data.frame(pembrolizumab)
ins <- ins[order(ins$id), ]
ins$best <- ifelse(ins$orr == "CR/PR", "CR/PR", ifelse(ins$cbr == "CR/PR/SD>=C6", "SD", "SD/PD"))
ins$pfs <- ins$pfs_time * MONTH
ins$os <- ins$os_time * MONTH
ins$death <- ins$os_status
ins$pfs_event <- ins$pfs_status
ins$progression <- NA
ins <- reported(ins)
answer_reported(ins, "inspire2020")
typed <- ins[ins$progressed & !is.na(ins$type) & !is.na(ins$l_size), ]
typed$secondary <- as.numeric(typed$type == "secondary")
cox_row("pps_by_resistance_adjusted", "inspire2020",
        coxph(Surv(pps, death) ~ secondary + l_size, typed), "secondary")
cox_row("pps_on_pfs_adjusted", "inspire2020",
        coxph(Surv(pps, death) ~ pfs_months + l_size, ins[ins$progressed & !is.na(ins$l_size), ]),
        "pfs_months")
sizes <- merge(as.data.frame(ctDNA)[, c("id", "time", "size_change")],
               ins[, c("id", "l_size", "pfs")], by = "id")
sizes$day <- round(sizes$time * 7)
sizes$sum <- round(sizes$l_size * (1 + sizes$size_change / 100), 1)
sizes <- sizes[!is.na(sizes$sum) & sizes$day > 0 & sizes$day <= round(sizes$pfs), ]
sizes <- sizes[order(sizes$id, sizes$day), ]
deep <- do.call(rbind, lapply(split(sizes, sizes$id), function(s) {
  at <- which.min(s$sum)
  data.frame(id = s$id[1], depth = round(100 * (s$sum[at] - s$l_size[1]) / s$l_size[1], 9),
             nadir = s$day[at] / MONTH)
}))
ins <- merge(ins, deep, by = "id")
ins$male <- as.numeric(ins$sex == "Male")
both <- coxph(Surv(pfs_months, pfs_event) ~ depth + nadir + age + male + l_size + cohort, ins)
cox_row("pfs_on_depth", "inspire2020", both, "depth")
cox_row("pfs_on_nadir", "inspire2020", both, "nadir")
both <- coxph(Surv(os / MONTH, death) ~ depth + nadir + age + male + l_size + cohort, ins)
cox_row("os_on_depth_and_nadir", "inspire2020", both, "depth")
cox_row("os_on_nadir", "inspire2020", both, "nadir")
cox_row("os_on_depth", "inspire2020",
        coxph(Surv(os / MONTH, death) ~ depth + age + male + l_size + cohort, ins), "depth")
linear_row("nadir_in_responders", "inspire2020", ins$nadir, as.numeric(ins$best == "CR/PR"))
rho_row("baseline_size_and_depth", "inspire2020", ins$l_size, ins$depth)

# --- Ghaffari Laleh 2022: one target lesion, RECIST 1.1 -------------------------------------------
laleh <- read.csv(file.path(folder, "laleh2022.csv"))
laleh <- aggregate(Lesion_diam ~ Pt_hashID + T_days, laleh, max)
by_rule <- function(s) {
  s <- s[order(s$T_days), ]
  base <- tail(s[s$T_days <= 1, ], 1)
  later <- s[s$T_days > max(c(0, base$T_days)), ]
  if (!nrow(base) || base$Lesion_diam == 0 || !nrow(later)) return(NULL)
  nadir <- base$Lesion_diam; gone <- FALSE; found <- character()
  for (i in seq_len(nrow(later))) {
    x <- later$Lesion_diam[i]
    response <- if (x == 0) "CR" else if (gone) "PD" else
      if (x - nadir >= 5 - 1e-9 && (x - nadir) * 100 >= 20 * nadir - 1e-9) "PD" else
      if ((base$Lesion_diam - x) * 100 >= 30 * base$Lesion_diam - 1e-9) "PR" else "SD"
    found <- c(found, response)
    if (response == "CR") gone <- TRUE
    if (response == "PD") break
    nadir <- min(nadir, x)
  }
  later <- later[seq_along(found), ]
  at <- which.min(later$Lesion_diam)
  best <- if ("CR" %in% found) "CR" else if ("PR" %in% found) "PR" else
    if (any(found == "SD" & later$T_days >= 42)) "SD" else if ("PD" %in% found) "PD" else "NE"
  data.frame(best, first = found[1], shrank = later$Lesion_diam[1] < base$Lesion_diam,
             depth = round(100 * (later$Lesion_diam[at] - base$Lesion_diam) / base$Lesion_diam, 9),
             nadir = later$T_days[at] / MONTH, base = base$Lesion_diam,
             control = tail(later$T_days, 1) / MONTH)
}
la <- do.call(rbind, lapply(split(laleh, laleh$Pt_hashID), by_rule))
response <- la$best %in% c("CR", "PR")
rate_row("objective_response", "laleh2022", response)
rate_row("disease_control", "laleh2022", response | (la$best == "SD" & la$control >= 6))
rate_row("upgrade_after_stable_disease", "laleh2022", response[la$first == "SD" & la$shrank])
linear_row("nadir_in_responders", "laleh2022", la$nadir, as.numeric(response))
rho_row("baseline_size_and_depth", "laleh2022", la$base, la$depth)

found <- do.call(rbind, rows)
write.csv(found, file.path(commandArgs(TRUE)[2], "estimates.csv"), row.names = FALSE)

# --- pooled: anti-PD-1 alone ----------------------------------------------------------------------
scale_of <- c(objective_response = "PLO", disease_control = "PLO")
pool <- function(d) {
  if (d$finding[1] %in% names(scale_of)) {
    e <- escalc(measure = "PLO", xi = d$events, ni = d$n)
    back <- function(x) 100 * plogis(x)
  } else {
    e <- data.frame(yi = log(d$estimate), vi = (log(d$ci_high / d$ci_low) / (2 * qnorm(0.975)))^2)
    back <- exp
  }
  fit <- rma(e$yi, e$vi, method = "PM", test = "knha", control = list(tol = 1e-12, maxiter = 10000))
  new <- predict(fit)
  data.frame(finding = d$finding[1], cohorts = nrow(d), n = sum(d$n), events = sum(d$events),
             estimate = back(fit$b[1]), ci_low = back(fit$ci.lb), ci_high = back(fit$ci.ub),
             prediction_low = if (nrow(d) > 2) back(new$pi.lb) else NA,
             prediction_high = if (nrow(d) > 2) back(new$pi.ub) else NA,
             tau_squared = fit$tau2, i_squared = fit$I2, q = fit$QE, q_p_value = fit$QEp)
}
anti_pd1 <- found[found$cohort != "laleh2022", ]
several <- Filter(function(d) nrow(d) > 1, split(anti_pd1, anti_pd1$finding))
write.csv(do.call(rbind, lapply(several, pool)),
          file.path(commandArgs(TRUE)[2], "pooled.csv"), row.names = FALSE)
