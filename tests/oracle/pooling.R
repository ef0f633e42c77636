# Takes tables of studies, gives pooling.json: metafor, clubSandwich and lme4 on each, beside the calls.
# Run in this folder, with the folder that `python pooling_sets.py FOLDER` wrote: Rscript pooling.R FOLDER
# (Debian: r-base-core, r-cran-metafor, r-cran-clubsandwich, r-cran-lme4, r-cran-jsonlite)
suppressMessages({library(metafor); library(clubSandwich); library(lme4)})
folder <- commandArgs(TRUE)[1]
table <- function(name) read.csv(file.path(folder, paste0(name, ".csv")), colClasses = c(study = "character"))
tight <- list(threshold = 1e-13, maxiter = 10000, tol = 1e-13, tau2.max = 1e4)

numbers <- function(fit) list(value = c(fit$beta), se = fit$se, low = fit$ci.lb, high = fit$ci.ub, statistic = fit$zval, p = fit$pval)
pooled <- function(data, method, test) {
  fit <- rma(y, v, data = data, method = method, test = test, control = tight)
  predicted <- predict(fit)
  c(numbers(fit), list(tau2 = fit$tau2, q = fit$QE, q_p = fit$QEp, i2 = fit$I2, h2 = fit$H2,
    prediction_low = if (method == "FE") NA else predicted$pi.lb, prediction_high = if (method == "FE") NA else predicted$pi.ub))
}
adhoc <- function(data) pooled(data, "REML", "adhoc")
profile <- function(data) {
  found <- confint(rma(y, v, data = data, method = "REML", control = tight), control = list(tol = 1e-13, tau2.max = 1e4, tau2.min = 0))$random
  list(low = found["tau^2", "ci.lb"], high = found["tau^2", "ci.ub"])
}
asymmetry <- function(data) {
  found <- regtest(data$y, data$v, model = "lm")
  list(t = found$zval, p = found$pval, df = found$dfs, limit = found$est, limit_low = found$ci.lb, limit_high = found$ci.ub)
}
regression <- function(data, test) {
  fit <- rma(y, v, mods = ~x, data = data, method = "REML", test = test, control = tight)
  c(numbers(fit), list(tau2 = fit$tau2, qm = fit$QM, qm_p = fit$QMp, qe = fit$QE, r2 = fit$R2, i2 = fit$I2))
}
groups <- function(data) {
  parts <- lapply(split(data, factor(data$group, unique(data$group))), function(part) rma(y, v, data = part, method = "REML", test = "knha", control = tight))
  value <- sapply(parts, function(fit) c(fit$beta)); se <- sapply(parts, function(fit) fit$se)
  between <- rma(value, sei = se, mods = ~names(parts), method = "FE")
  common <- rma(y, v, mods = ~factor(group, unique(group)) - 1, data = data, method = "REML", test = "knha", control = tight)
  list(names = names(parts), value = unname(value), se = unname(se), q_between = between$QM, p = between$QMp,
    common_value = c(common$beta), common_se = common$se, common_tau2 = common$tau2)
}
moved <- function(data, test) {
  fit <- rma(y, v, data = data, method = "REML", test = test, control = tight)
  found <- influence(fit)
  names <- c("rstudent", "dffits", "cook.d", "cov.r", "tau2.del", "QE.del", "hat", "weight")
  c(lapply(setNames(names, names), function(name) unname(unclass(found$inf)[[name]])),
    list(dfbs = unname(unclass(found$dfbs)[[1]]), influential = unname(found$is.infl)))
}
without <- function(data) {
  found <- leave1out(rma(y, v, data = data, method = "REML", control = tight))
  list(value = found$estimate, se = found$se, low = found$ci.lb, high = found$ci.ub, tau2 = found$tau2, q = found$Q, i2 = found$I2)
}
robust <- function(data) {
  fit <- rma(y, v, data = data, method = "REML", control = tight)
  found <- coef_test(fit, vcov = "CR2", cluster = data$cluster, test = "Satterthwaite")
  limits <- conf_int(fit, vcov = "CR2", cluster = data$cluster)
  slope <- coef_test(rma(y, v, mods = ~size, data = data, method = "REML", control = tight), vcov = "CR2", cluster = data$cluster, test = "Satterthwaite")
  list(value = found$beta, se = found$SE, t = found$tstat, df = found$df, p = found$p_Satt, low = limits$CI_L, high = limits$CI_U,
    regression = list(value = slope$beta, se = slope$SE, df = slope$df, p = slope$p_Satt))
}
logistic <- function(data) {
  data$study <- factor(data$study)
  fit <- glmer(cbind(events, n - events) ~ 1 + (1 | study), data = data, family = binomial, nAGQ = 100,
    control = glmerControl(optimizer = "bobyqa", tolPwrss = 1e-13, optCtrl = list(rhoend = 1e-10, maxfun = 1e5)))
  theirs <- suppressWarnings(rma.glmm(measure = "PLO", xi = events, ni = n, data = data))
  list(value = unname(fixef(fit)), se = sqrt(vcov(fit)[1, 1]), tau = attr(VarCorr(fit)$study, "stddev")[[1]], q = theirs$QE.LRT, q_df = theirs$QE.df,
    metafor_value = c(theirs$beta), metafor_se = theirs$se, metafor_tau2 = theirs$tau2)
}
shares <- function(data, measure) {
  effects <- escalc(measure, xi = events, ni = n, data = data)
  fit <- rma(yi, vi, data = effects, method = "REML", test = "knha", control = tight)
  back <- switch(measure, PLO = transf.ilogit, PAS = transf.iarcsin, PFT = function(x) transf.ipft.hm(x, list(ni = data$n)), PR = identity)
  c(numbers(fit), list(tau2 = fit$tau2, shown = back(c(fit$beta)), shown_low = back(fit$ci.lb), shown_high = back(fit$ci.ub)))
}

estimates <- c("bcg", "smoking", "contraception", "bacteria", "exam_sex", "math_sex", "math_minority", "firms", "slopes", "correlations", "intakes")
of_estimates <- lapply(setNames(estimates, estimates), function(name) {
  data <- table(name)
  found <- list(k = nrow(data), sum = sum(data$y), fixed_z = pooled(data, "FE", "z"), DL_z = pooled(data, "DL", "z"), REML_z = pooled(data, "REML", "z"), PM_z = pooled(data, "PM", "z"),
    DL_knha = pooled(data, "DL", "knha"), REML_knha = pooled(data, "REML", "knha"), PM_knha = pooled(data, "PM", "knha"), REML_adhoc = adhoc(data), profile = profile(data), egger = asymmetry(data))
  if ("x" %in% names(data)) found <- c(found, list(regression_z = regression(data, "z"), regression_knha = regression(data, "knha")))
  if ("group" %in% names(data)) found$groups <- groups(data)
  if ("cluster" %in% names(data)) found$robust <- robust(data)
  if (name %in% c("bcg", "smoking")) found <- c(found, list(influence_z = moved(data, "z"), influence_knha = moved(data, "knha"), leave_one_out = without(data)))
  found
})
counts <- c("herds", "districts", "litters")
of_counts <- lapply(setNames(counts, counts), function(name) {
  data <- table(name)
  list(k = nrow(data), events = sum(data$events), glmm = logistic(data), logit = shares(data, "PLO"), arcsine = shares(data, "PAS"), freeman_tukey = shares(data, "PFT"))
})
out <- list(
  made_by = list(R = R.version.string, metafor = as.character(packageVersion("metafor")), clubSandwich = as.character(packageVersion("clubSandwich")), lme4 = as.character(packageVersion("lme4"))),
  notes = "tables are made by pooling_sets.py; the calls stand in pooling.R", estimates = of_estimates, counts = of_counts)
writeLines(jsonlite::toJSON(out, auto_unbox = TRUE, digits = I(15), pretty = FALSE, na = "null"), "pooling.json")
