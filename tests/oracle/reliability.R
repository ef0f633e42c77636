# Takes public answers and pairs of scores, gives reliability.json: alpha, omega, ICC, the Hodges-Lehmann change and their limits, each beside its call.
# Omega and ICC twice, by packages that share nothing: psych and base R; lavaan (with the robust error of omega) and variance components of lme4.
# Run in this folder: Rscript reliability.R        (Debian: r-base-core, r-cran-psych, r-cran-lavaan, r-cran-lme4, r-cran-jsonlite)
suppressMessages({library(psych); library(MASS); library(lavaan); library(lme4)})
data(bfi, package = "psych")
data(sat.act, package = "psych")

turned <- function(x, items) { x[items] <- 7 - x[items]; x }
sets <- list(
  # Seven ratings of departments (R package datasets).
  attitude = attitude,
  # Five items of extraversion and five of neuroticism, 1 to 6, complete forms (R package psych); two of extraversion are reversed.
  bfi_extraversion = turned(na.omit(bfi[paste0("E", 1:5)]), c("E1", "E2")),
  bfi_neuroticism = na.omit(bfi[paste0("N", 1:5)]))
pairs <- list(
  anorexia = anorexia[c("Prewt", "Postwt")],
  sat = na.omit(sat.act[c("SATV", "SATQ")]),
  immer = immer[c("Y1", "Y2")])

one_factor <- function(x) {
  f <- factanal(covmat = cor(x), factors = 1, n.obs = nrow(x), rotation = "none", control = list(lower = 1e-9, opt = list(factr = 0, maxit = 1e5)))
  s <- sapply(x, sd)
  common <- sum(s * f$loadings[, 1])^2
  common / (common + sum(s^2 * f$uniquenesses))
}
feldt <- function(x, p) { n <- nrow(x); k <- ncol(x); 1 - (1 - alpha(x, warnings = FALSE)$total$raw_alpha) * qf(p, n - 1, (n - 1) * (k - 1)) }
of_icc <- function(x, row, column) ICC(as.matrix(x), lmer = FALSE)$results[row, column]
by_lavaan <- function(x, column) {
  x <- as.data.frame(x); k <- ncol(x); names(x) <- paste0("x", 1:k)
  loadings <- paste0("l", 1:k); unique <- paste0("u", 1:k); common <- paste0("(", paste(loadings, collapse = " + "), ")^2")
  model <- c(paste("f =~", paste0(loadings, "*x", 1:k, collapse = " + ")), paste0("x", 1:k, " ~~ ", unique, "*x", 1:k),
    paste0("omega := ", common, " / (", common, " + ", paste(unique, collapse = " + "), ")"))
  fit <- cfa(model, x, std.lv = TRUE, estimator = "MLR", information = "observed", meanstructure = TRUE)
  found <- parameterEstimates(fit); found[found$lhs == "omega", column]
}
by_lme4 <- function(x, column) {
  long <- data.frame(score = unlist(x), person = factor(rep(seq_len(nrow(x)), 2)), day = factor(rep(1:2, each = nrow(x))))
  fit <- lmer(score ~ 1 + (1 | person) + (1 | day), long, control = lmerControl(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-12)))
  if (isSingular(fit)) return(NA)  # where the mean square between days is below that of what is left, lme4 stops at a variance of 0
  v <- VarCorr(fit); person <- v$person[1]
  c(agreement = person / (person + v$day[1] + sigma(fit)^2), consistency = person / (person + sigma(fit)^2))[[column]]
}

item_calls <- alist(
  n = nrow(x), alpha = alpha(x, warnings = FALSE)$total$raw_alpha, alpha_low = feldt(x, .975), alpha_high = feldt(x, .025),
  alpha_of_psych_low = alpha(x, warnings = FALSE)$feldt$lower.ci[[1]], omega = one_factor(x),
  omega_of_lavaan = by_lavaan(x, "est"), omega_of_lavaan_se = by_lavaan(x, "se"))
pair_calls <- alist(
  n = nrow(x), agreement = of_icc(x, 2, "ICC"), agreement_low = of_icc(x, 2, "lower bound"), agreement_high = of_icc(x, 2, "upper bound"),
  consistency = of_icc(x, 3, "ICC"), consistency_low = of_icc(x, 3, "lower bound"), consistency_high = of_icc(x, 3, "upper bound"),
  agreement_of_lme4 = by_lme4(x, "agreement"), consistency_of_lme4 = by_lme4(x, "consistency"))
# Fifteen pairs of maize plants, crossed and selfed, without ties (Darwin 1876; R package HistData), where wilcox.test is exact.
maize <- list(zea_mays = data.frame(
  cross = c(23.5, 12, 21, 22, 19.125, 21.5, 22.125, 20.375, 18.25, 21.625, 23.25, 21, 22.125, 23, 12),
  self = c(17.375, 20.375, 20, 20, 18.375, 18.625, 18.625, 15.25, 16.5, 18, 16.25, 18, 12.75, 15.5, 18)))
by_ranks <- function(x, ...) wilcox.test(x[[2]], x[[1]], paired = TRUE, conf.int = TRUE, ...)
rank_calls <- alist(
  n = nrow(x), hodges_lehmann = by_ranks(x)$estimate[[1]], low = by_ranks(x)$conf.int[1], high = by_ranks(x)$conf.int[2],
  low_of_large_samples = by_ranks(x, exact = FALSE)$conf.int[1], high_of_large_samples = by_ranks(x, exact = FALSE)$conf.int[2],
  v = by_ranks(x)$statistic[[1]], p_of_large_samples = by_ranks(x, exact = FALSE)$p.value)
record <- function(calls, x) lapply(calls, function(one) list(call = paste(deparse(one, width.cutoff = 500), collapse = " "), value = as.vector(eval(one, list(x = x)))))
out <- list(version = paste(R.version.string, "; psych", packageVersion("psych")),
  items = lapply(sets, function(x) record(item_calls, x)), pairs = lapply(pairs, function(x) record(pair_calls, x)),
  ranks = lapply(maize, function(x) record(rank_calls, x)))
writeLines(jsonlite::toJSON(out, auto_unbox = TRUE, digits = 15, na = "null", pretty = 1), "reliability.json")
