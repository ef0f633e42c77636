# Takes public answers and pairs of scores, gives reliability.json: alpha, omega, ICC and their limits from psych and base R, each beside its call.
# Run in this folder: Rscript reliability.R        (Debian: r-base-core, r-cran-psych, r-cran-jsonlite)
suppressMessages({library(psych); library(MASS)})
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
  sat = na.omit(sat.act[c("SATV", "SATQ")]))

one_factor <- function(x) {
  f <- factanal(covmat = cor(x), factors = 1, n.obs = nrow(x), rotation = "none", control = list(lower = 1e-9, opt = list(factr = 0, maxit = 1e5)))
  s <- sapply(x, sd)
  common <- sum(s * f$loadings[, 1])^2
  common / (common + sum(s^2 * f$uniquenesses))
}
feldt <- function(x, p) { n <- nrow(x); k <- ncol(x); 1 - (1 - alpha(x, warnings = FALSE)$total$raw_alpha) * qf(p, n - 1, (n - 1) * (k - 1)) }
of_icc <- function(x, row, column) ICC(as.matrix(x), lmer = FALSE)$results[row, column]

item_calls <- alist(
  n = nrow(x), alpha = alpha(x, warnings = FALSE)$total$raw_alpha, alpha_low = feldt(x, .975), alpha_high = feldt(x, .025),
  alpha_of_psych_low = alpha(x, warnings = FALSE)$feldt$lower.ci[[1]], omega = one_factor(x))
pair_calls <- alist(
  n = nrow(x), agreement = of_icc(x, 2, "ICC"), agreement_low = of_icc(x, 2, "lower bound"), agreement_high = of_icc(x, 2, "upper bound"),
  consistency = of_icc(x, 3, "ICC"), consistency_low = of_icc(x, 3, "lower bound"), consistency_high = of_icc(x, 3, "upper bound"))
record <- function(calls, x) lapply(calls, function(one) list(call = paste(deparse(one, width.cutoff = 500), collapse = " "), value = as.vector(eval(one, list(x = x)))))
out <- list(version = paste(R.version.string, "; psych", packageVersion("psych")),
  items = lapply(sets, function(x) record(item_calls, x)), pairs = lapply(pairs, function(x) record(pair_calls, x)))
writeLines(jsonlite::toJSON(out, auto_unbox = TRUE, digits = 15, pretty = 1), "reliability.json")
