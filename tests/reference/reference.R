# What R says: every statistic that the package offers, on data that the script writes beside it.
# Rscript reference.R <folder>   writes values.csv, versions.txt and the data sets it used.

suppressPackageStartupMessages(library(survival))
folder <- commandArgs(trailingOnly = TRUE)[1]
options(digits = 17)

values <- data.frame(key = character(), value = numeric())
say <- function(key, x) {
  x <- as.numeric(x)
  keys <- if (length(x) == 1) key else paste(key, seq_along(x) - 1, sep = "/")
  values <<- rbind(values, data.frame(key = keys, value = x))
}
save_data <- function(data, name) {
  write.csv(format(data, digits = 17, trim = TRUE), file.path(folder, paste0(name, ".csv")),
            row.names = FALSE, quote = FALSE)
}

# --- data ---------------------------------------------------------------------------------------
# Survival of patients with advanced lung cancer (survival::lung), complete rows; times have ties.
lung_data <- na.omit(lung[, c("time", "status", "age", "sex", "ph.ecog", "wt.loss", "ph.karno")])
lung_data <- subset(lung_data, ph.ecog < 3)
lung_data$status <- lung_data$status - 1
lung_data$weak <- as.numeric(lung_data$ph.karno < 80)
save_data(lung_data, "lung")

# Made-up values without ties, from a seed.
set.seed(20210709)
untied <- data.frame(x = round(rnorm(45), 6), group = rep(c("a", "b", "c"), each = 15))
untied$y <- round(0.3 * untied$x + rnorm(45), 6)
untied$time <- round(rexp(45, 1 / (10 + 4 * (untied$group == "a"))), 6)
untied$event <- rbinom(45, 1, 0.6)
save_data(untied, "untied")

# Six patients: the curve passes exactly through one half and stays there for a while.
six <- data.frame(time = c(1, 2, 3, 4, 6, 8), event = c(1, 1, 1, 0, 1, 1))
# The last patient dies: the curve ends at zero. Nobody dies: it stays at one.
to_zero <- data.frame(time = c(2, 3, 3, 5, 7), event = c(1, 0, 1, 1, 1))
nobody <- data.frame(time = c(1, 2, 3), event = c(0, 0, 0))
# The curve ends at exactly one half.
half <- data.frame(time = c(1, 2, 3, 5), event = c(1, 1, 0, 0))

# --- Kaplan-Meier -------------------------------------------------------------------------------
curve <- function(key, data, times) {
  fit <- survfit(Surv(time, event) ~ 1, data = data)
  say(paste0(key, "/survival"), fit$surv)
  say(paste0(key, "/n_risk"), fit$n.risk)
  say(paste0(key, "/std_err"), fit$std.err)
  say(paste0(key, "/lower"), fit$lower)
  say(paste0(key, "/upper"), fit$upper)
  for (p in c(0.25, 0.5, 0.75)) {
    q <- quantile(fit, p)
    say(paste0(key, "/quantile_", p), c(q$quantile, q$lower, q$upper))
  }
  at <- summary(fit, times = times)
  say(paste0(key, "/at"), at$surv)
  say(paste0(key, "/at_lower"), at$lower)
  say(paste0(key, "/at_upper"), at$upper)
  say(paste0(key, "/at_n_risk"), at$n.risk)
}
lung_curve <- data.frame(time = lung_data$time, event = lung_data$status)
curve("km_lung", lung_curve, c(0, 100, 180, 365, 500))
curve("km_untied", untied, c(0, 2, 5, 10))
curve("km_six", six, c(0, 1, 3, 5, 8))
curve("km_to_zero", to_zero, c(0, 2.5, 5))
curve("km_nobody", nobody, c(0, 2))
curve("km_half", half, c(0, 2, 4))

# --- log-rank -----------------------------------------------------------------------------------
log_rank <- function(key, fit) {
  df <- length(fit$n) - 1
  say(key, c(fit$chisq, pchisq(fit$chisq, df, lower.tail = FALSE)))
}
log_rank("log_rank_sex", survdiff(Surv(time, status) ~ sex, lung_data))
log_rank("log_rank_ecog", survdiff(Surv(time, status) ~ ph.ecog, lung_data))
log_rank("log_rank_untied", survdiff(Surv(time, event) ~ group, untied))
# All of group c have left before the first event.
early <- data.frame(time = c(2, 5, 7, 3, 4, 8, 1, 1.5), event = c(1, 0, 1, 1, 1, 0, 0, 0),
                    group = c("a", "a", "a", "b", "b", "b", "c", "c"))
gone <- survdiff(Surv(time, event) ~ group, early)
say("log_rank_early", c(gone$chisq, gone$pvalue))
stratified <- survdiff(Surv(time, status) ~ sex + strata(ph.ecog), lung_data)
say("log_rank_stratified", c(stratified$chisq, pchisq(stratified$chisq, 1, lower.tail = FALSE)))

# --- models -------------------------------------------------------------------------------------
cox_model <- function(key, fit) {
  table <- summary(fit)
  say(paste0(key, "/coefficient"), table$coefficients[, "coef"])
  say(paste0(key, "/std_err"), table$coefficients[, "se(coef)"])
  say(paste0(key, "/estimate"), table$conf.int[, "exp(coef)"])
  say(paste0(key, "/ci_low"), table$conf.int[, "lower .95"])
  say(paste0(key, "/ci_high"), table$conf.int[, "upper .95"])
  say(paste0(key, "/p_value"), table$coefficients[, "Pr(>|z|)"])
  say(paste0(key, "/log_likelihood"), fit$loglik[2])
  say(paste0(key, "/likelihood_ratio"), table$logtest[c("test", "pvalue")])
  # Not from summary(), which rounds the Wald statistic to two digits.
  wald <- drop(coef(fit) %*% solve(vcov(fit), coef(fit)))
  say(paste0(key, "/wald"), c(wald, pchisq(wald, length(coef(fit)), lower.tail = FALSE)))
  say(paste0(key, "/score"), table$sctest[c("test", "pvalue")])
  zph <- cox.zph(fit)$table
  say(paste0(key, "/zph"), zph[, "chisq"])
  say(paste0(key, "/zph_p"), zph[, "p"])
}
cox_model("cox_three", coxph(Surv(time, status) ~ age + sex + wt.loss, lung_data,
                             control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
cox_model("cox_one", coxph(Surv(time, status) ~ weak, lung_data,
                           control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
cox_model("cox_strata", coxph(Surv(time, status) ~ age + sex + strata(ph.ecog), lung_data,
                              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))
cox_model("cox_untied", coxph(Surv(time, event) ~ x + y, untied,
                              control = coxph.control(eps = 1e-12, toler.chol = 1e-13)))

logistic_model <- function(key, fit) {
  interval <- confint.default(fit)
  table <- summary(fit)$coefficients
  say(paste0(key, "/coefficient"), coef(fit)[-1])
  say(paste0(key, "/std_err"), table[-1, "Std. Error"])
  say(paste0(key, "/estimate"), exp(coef(fit)[-1]))
  say(paste0(key, "/ci_low"), exp(interval[-1, 1]))
  say(paste0(key, "/ci_high"), exp(interval[-1, 2]))
  say(paste0(key, "/p_value"), table[-1, "Pr(>|z|)"])
  say(paste0(key, "/log_likelihood"), logLik(fit))
}
tight <- glm.control(epsilon = 1e-14, maxit = 100)
logistic_model("logistic_two", glm(weak ~ age + wt.loss, binomial, lung_data, control = tight))
logistic_model("logistic_one", glm(weak ~ sex, binomial, lung_data, control = tight))

linear_model <- function(key, fit) {
  interval <- confint(fit)
  table <- summary(fit)$coefficients
  say(paste0(key, "/coefficient"), coef(fit)[-1])
  say(paste0(key, "/std_err"), table[-1, "Std. Error"])
  say(paste0(key, "/ci_low"), interval[-1, 1])
  say(paste0(key, "/ci_high"), interval[-1, 2])
  say(paste0(key, "/p_value"), table[-1, "Pr(>|t|)"])
}
linear_model("linear_two", lm(wt.loss ~ age + ph.karno, lung_data))
linear_model("linear_one", lm(y ~ x, untied))

# Several levels of a factor at once.
lung_data$ecog1 <- as.numeric(lung_data$ph.ecog == 1)
lung_data$ecog2 <- as.numeric(lung_data$ph.ecog == 2)
nested <- anova(coxph(Surv(time, status) ~ age, lung_data),
                coxph(Surv(time, status) ~ age + ecog1 + ecog2, lung_data))
say("nested_cox", c(nested$Chisq[2], nested[["Pr(>|Chi|)"]][2]))
nested <- anova(glm(sex - 1 ~ age, binomial, lung_data, control = tight),
                glm(sex - 1 ~ age + ecog1 + ecog2, binomial, lung_data, control = tight),
                test = "LRT")
say("nested_logistic", c(nested$Deviance[2], nested[["Pr(>Chi)"]][2]))
nested <- anova(lm(wt.loss ~ age, lung_data), lm(wt.loss ~ age + ecog1 + ecog2, lung_data))
say("nested_linear", c(nested$F[2], nested[["Pr(>F)"]][2]))

# --- rank tests ---------------------------------------------------------------------------------
test <- function(key, result) say(key, c(result$statistic, result$p.value))
quiet <- suppressWarnings
a <- untied$x[untied$group == "a"]
b <- untied$x[untied$group == "b"]
test("wilcoxon_exact", wilcox.test(a, b))
test("wilcoxon_ties", quiet(wilcox.test(lung_data$wt.loss[lung_data$sex == 1],
                                        lung_data$wt.loss[lung_data$sex == 2])))
large <- round(qnorm(ppoints(60)) + 0.2, 6)
test("wilcoxon_large", wilcox.test(large, untied$y))
pairs <- quiet(pairwise.wilcox.test(lung_data$wt.loss, lung_data$ph.ecog, "bonferroni"))$p.value
say("pairwise_ties", c(pairs["1", "0"], pairs["2", "0"], pairs["2", "1"]))
pairs <- pairwise.wilcox.test(untied$y, untied$group, "bonferroni")$p.value
say("pairwise_exact", c(pairs["b", "a"], pairs["c", "a"], pairs["c", "b"]))
test("kruskal_ties", kruskal.test(lung_data$wt.loss, lung_data$ph.ecog))
test("kruskal_untied", kruskal.test(untied$y, factor(untied$group)))
rho <- function(key, x, y) {
  result <- quiet(cor.test(x, y, method = "spearman"))
  say(key, c(result$statistic, result$p.value, result$estimate))
}
rho("spearman_ties", lung_data$age, lung_data$wt.loss)
rho("spearman_series", untied$x, untied$y)
rho("spearman_series_negative", untied$x, -untied$y)
rho("spearman_small", untied$x[1:9], untied$y[1:9])
rho("spearman_small_negative", untied$x[1:8], -untied$y[1:8])
rho("spearman_perfect", 1:7, c(2, 3, 5, 7, 11, 13, 17))

# --- contingency tables -------------------------------------------------------------------------
# The printed counts of table 2 of the cohort paper: pattern, organs, LDH without and with missing.
tables <- list(
  pattern = matrix(c(34, 7, 19, 23, 70, 13), ncol = 2, byrow = TRUE),
  organs = matrix(c(49, 31, 39, 11, 35, 1), ncol = 2, byrow = TRUE),
  ldh = matrix(c(48, 24, 67, 12), ncol = 2, byrow = TRUE),
  ldh_missing = matrix(c(48, 24, 67, 12, 8, 7), ncol = 2, byrow = TRUE),
  five = matrix(c(90, 60, 27, 10, 18, 12, 11, 14, 7, 5), ncol = 2, byrow = TRUE),
  three = matrix(c(5, 3, 8, 2, 9, 4, 7, 1, 6), ncol = 3, byrow = TRUE),
  tiny = matrix(c(3, 0, 1, 4), ncol = 2, byrow = TRUE)
)
for (name in names(tables)) {
  say(paste0("fisher_", name), fisher.test(tables[[name]], workspace = 2e7)$p.value)
  result <- quiet(chisq.test(tables[[name]]))
  say(paste0("pearson_", name), c(result$statistic, result$p.value))
  result <- quiet(chisq.test(tables[[name]], correct = FALSE))
  say(paste0("pearson_uncorrected_", name), c(result$statistic, result$p.value))
}

# --- proportions, adjustment, rounding ----------------------------------------------------------
for (pair in list(c(15, 215), c(93, 215), c(9, 18), c(3, 14), c(0, 25), c(5, 5))) {
  say(paste0("binomial_", pair[1], "_", pair[2]), binom.test(pair[1], pair[2])$conf.int)
}
say("bonferroni", p.adjust(c(0.01, 0.04, NA, 0.5), "bonferroni"))
numbers <- c(-69.55, 0.15, 0.25, 0.35, 2.5, 3.5, 0.285, 1.005, 2.675, -0.05, 12.345, 0.5, 1e-5,
             65.45, 10.05, 1234.5, 1.0145, 0.8295)
save_data(data.frame(number = numbers), "numbers")
for (digits in 0:3) say(paste0("round_", digits), round(numbers, digits))

# ------------------------------------------------------------------------------------------------
write.csv(format(values, digits = 17, trim = TRUE), file.path(folder, "values.csv"),
          row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("survival", packageVersion("survival"))),
           file.path(folder, "versions.txt"))
