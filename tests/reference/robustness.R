# What R says of the statistics behind the robustness tables, on lung.csv and numbers made from it:
# Rscript robustness.R <folder with lung.csv> <file to write>
suppressPackageStartupMessages({
  library(survival); library(boot); library(rms); library(mice)
})
arguments <- commandArgs(trailingOnly = TRUE)
options(digits = 17, warn = -1)
lung <- read.csv(file.path(arguments[1], "lung.csv"))
told <- list()
say <- function(key, x) {
  x <- as.numeric(x)
  told[[length(told) + 1]] <<- data.frame(key = paste(key, seq_along(x) - 1, sep = "/"), value = x)
}
exact <- coxph.control(eps = 1e-12, toler.chol = 1e-13, iter.max = 50)

# --- residuals of Cox models, with ties and strata, and cluster-robust errors -----------------------
lung$months <- ceiling(lung$time / 30.4375)   # many ties
models <- list(
  plain = Surv(time, status) ~ age + sex + ph.karno,
  tied = Surv(months, status) ~ age + sex + ph.karno,
  strata = Surv(months, status) ~ age + ph.karno + strata(sex)
)
for (name in names(models)) {
  fit <- coxph(models[[name]], lung, control = exact)
  say(paste0(name, "/martingale"), residuals(fit, "martingale"))
  say(paste0(name, "/dfbeta"), t(residuals(fit, "dfbeta")))
  say(paste0(name, "/scaledsch"), t(residuals(fit, "scaledsch")))
}
for (column in c("time", "months")) {   # without covariates
  fit <- coxph(as.formula(paste0("Surv(", column, ", status) ~ 1")), lung)
  say(paste0("null_", column), residuals(fit, "martingale"))
}
lung$cluster <- (seq_len(nrow(lung)) - 1) %% 12
robust <- summary(coxph(Surv(months, status) ~ age + sex, lung, cluster = cluster, control = exact))
say("robust", t(robust$coefficients[, c("coef", "robust se", "Pr(>|z|)")]))

# --- restricted mean survival -------------------------------------------------------------------------
for (horizon in c(200, 365)) {
  found <- summary(survfit(Surv(time, status) ~ sex, lung), rmean = horizon)$table
  say(paste0("rmean_", horizon), t(found[, c("rmean", "se(rmean)")]))
}

# --- counting process: the Karnofsky score changes at day 180 -----------------------------------------
split <- survSplit(Surv(time, status) ~ ., lung, cut = 180, episode = "part")
split$score <- ifelse(split$part == 2, split$ph.karno - 10, split$ph.karno)
fit <- coxph(Surv(tstart, time, status) ~ score + sex, split, control = exact)
say("counting", t(summary(fit)$coefficients[, c("coef", "se(coef)", "Pr(>|z|)")]))

# --- events between visits every 90 days --------------------------------------------------------------
left <- floor((lung$time - 1) / 90) * 90
right <- ifelse(lung$status == 1, left + 90, NA)
left[lung$status == 0] <- lung$time[lung$status == 0]
curve <- survfit(Surv(left, right, type = "interval2") ~ 1)
ends <- c(90, 180, 270, 360, 450, 540)
say("turnbull", sapply(ends, function(t) min(c(1, curve$surv[curve$time <= t]))))
fit <- survreg(Surv(ifelse(left == 0, NA, left), right, type = "interval2") ~ 1, dist = "weibull",
               control = survreg.control(rel.tolerance = 1e-12, maxiter = 100))
say("weibull", c(exp(coef(fit)), 1 / fit$scale, fit$loglik[2]))
middle <- predict(fit, newdata = data.frame(one = 1), type = "uquantile", p = 0.5, se.fit = TRUE)
say("weibull_median", exp(middle$fit + c(0, -1, 1) * qnorm(0.975) * middle$se.fit))

# --- restricted cubic spline and its test against a straight line --------------------------------------
knots <- quantile(lung$age, c(0.05, 0.35, 0.65, 0.95))
say("knots", knots)
say("spline", t(rcspline.eval(lung$age, knots = knots, norm = 2)))
straight <- coxph(Surv(time, status) ~ age + sex, lung, control = exact)
bent <- coxph(Surv(time, status) ~ age + rcspline.eval(age, knots = knots) + sex, lung, control = exact)
say("bent", 2 * (bent$loglik[2] - straight$loglik[2]))

# --- variance inflation ---------------------------------------------------------------------------------
say("inflation", diag(solve(cor(lung[, c("age", "sex", "ph.karno", "wt.loss")]))))

# --- bootstrap: the resamples are a rule, so that both sides draw the same -------------------------------
n <- nrow(lung); resamples <- 99
set.seed(7)
drawn <- boot(lung, function(d, i) coef(coxph(Surv(time, status) ~ age + sex, d[i, ], control = exact)),
              resamples)
say("boot_array", t(boot.array(drawn, indices = TRUE)))
influence <- sapply(1:2, function(k) empinf(drawn, index = k, type = "jack"))
for (k in 1:2) {
  found <- boot.ci(drawn, index = k, type = c("perc", "bca"), L = influence[, k])
  say(paste0("boot_perc", k), found$percent[4:5])
  say(paste0("boot_bca", k), found$bca[4:5])
}
# Harrell's C corrected for optimism: rms::validate on the resamples of the same number
fit <- coxph(Surv(time, status) ~ age + sex + ph.karno, lung, control = exact)
say("concordance", concordance(fit)$concordance)
set.seed(11)
checked <- validate(cph(Surv(time, status) ~ age + sex + ph.karno, lung, x = TRUE, y = TRUE), B = 400)
say("validate", abs(checked["Dxy", c("index.orig", "training", "test", "optimism", "index.corrected")]) / 2)

# --- logistic and linear models of a resample ------------------------------------------------------------
i <- boot.array(drawn, indices = TRUE)[1, ]
say("glm", t(summary(glm(weak ~ age + sex, binomial, lung[i, ], epsilon = 1e-14))$coefficients[2:3, 1:2]))
say("lm", t(summary(lm(wt.loss ~ age + sex, lung[i, ]))$coefficients[2:3, 1:2]))

# --- Rubin's rules on frozen imputations -------------------------------------------------------------------
set.seed(13)
holes <- lung[, c("time", "status", "age", "sex", "wt.loss", "ph.karno")]
holes$wt.loss[sample(n, 40)] <- NA
holes$ph.karno[sample(n, 30)] <- NA
filled <- mice(holes, m = 5, printFlag = FALSE, seed = 17)
say("imputed", unlist(lapply(1:5, function(k) t(complete(filled, k)[, c("wt.loss", "ph.karno")]))))
found <- summary(pool(with(filled, coxph(Surv(time, status) ~ age + wt.loss + ph.karno, control = exact))),
                 conf.int = TRUE)
say("pooled", t(found[, c("estimate", "std.error", "2.5 %", "97.5 %", "p.value", "df")]))

# --- corrections for several tests ---------------------------------------------------------------------------
p <- c(0.0004, 0.012, 0.03, 0.03, 0.2, 0.7)
for (method in c("bonferroni", "holm", "BH")) say(method, p.adjust(p, method))

write.csv(do.call(rbind, told), arguments[2], row.names = FALSE)
