# Takes public pre-post scores, gives change.json: effect sizes and variances from metafor and base R, each beside its call.
# Run in this folder: Rscript change.R        (Debian: r-base-core, r-cran-metafor, r-cran-jsonlite)
suppressMessages(library(metafor))

sets <- list(
  # 15 made-up pairs, lower is better.
  fifteen = list(better = "lower", step = 1,
    pre = c(18, 20, 15, 22, 17, 19, 16, 21, 14, 23, 18, 12, 20, 17, 19),
    post = c(10, 14, 9, 20, 12, 8, 11, 15, 13, 12, 16, 5, 11, 9, 18)),
  # Beat the Blues, BDI-II at the start and after 8 months, complete pairs (R package HSAUR, data BtheB).
  beat_the_blues = list(better = "lower", step = 1,
    pre = c(32, 21, 7, 17, 20, 18, 20, 30, 30, 23, 16, 13, 37, 35, 26, 36, 10, 27, 18, 11, 44, 21, 34, 38, 20, 17, 42, 33, 36, 31, 7, 22,
      23, 17, 9, 14, 28, 15, 22, 21, 27, 10, 21, 36, 35, 33, 19, 19, 16, 16, 11, 13),
    post = c(20, 9, 0, 7, 13, 11, 12, 2, 22, 23, 0, 6, 22, 10, 12, 2, 3, 0, 8, 15, 14, 8, 13, 30, 18, 0, 6, 15, 40, 37, 0, 16, 17, 0, 0,
      19, 13, 10, 12, 22, 14, 20, 1, 15, 1, 8, 2, 3, 3, 8, 11, 6)),
  # Weight of women with anorexia before and after therapy (R package MASS, data anorexia), higher is better.
  anorexia_cbt = list(better = "higher", step = 0.1,
    pre = c(80.5, 84.9, 81.5, 82.6, 79.9, 88.7, 94.9, 76.3, 81.0, 80.5, 85.0, 89.2, 81.3, 76.5, 70.0, 80.4, 83.3, 83.0, 87.7, 84.2, 86.4,
      76.5, 80.2, 87.8, 83.3, 79.7, 84.5, 80.8, 87.4),
    post = c(82.2, 85.6, 81.4, 81.9, 76.4, 103.6, 98.4, 93.4, 73.4, 82.1, 96.7, 95.3, 82.4, 72.5, 90.9, 71.3, 85.4, 81.6, 89.1, 83.9,
      82.7, 75.7, 82.6, 100.4, 85.2, 83.6, 84.6, 96.2, 86.7)),
  anorexia_family = list(better = "higher", step = 0.1,
    pre = c(83.8, 83.3, 86.0, 82.5, 86.7, 79.6, 76.9, 94.2, 73.4, 80.5, 81.6, 82.1, 77.6, 83.5, 89.9, 86.0, 87.3),
    post = c(95.2, 94.3, 91.5, 91.9, 100.3, 76.7, 76.8, 101.6, 94.9, 75.2, 77.8, 95.5, 90.7, 92.5, 93.8, 91.7, 98.0)),
  # Thirty couples, Dyadic Adjustment Scale (Jacobson and Truax 1991, table 2), higher is better.
  couples = list(better = "higher", step = 0.5,
    pre = c(90.5, 74.0, 97.0, 73.5, 61.0, 66.5, 68.5, 86.5, 88.5, 68.5, 98.0, 80.5, 89.5, 91.5, 83.5, 60.5, 83.0, 88.0, 98.5, 78.5, 99.5,
      79.5, 84.5, 92.5, 93.0, 85.0, 64.0, 61.0, 80.0, 82.5),
    post = c(97.0, 124.0, 97.5, 88.0, 96.5, 62.5, 112.5, 103.5, 90.0, 82.5, 105.0, 99.5, 112.5, 101.0, 99.5, 79.5, 88.0, 100.5, 119.0,
      116.0, 116.0, 129.0, 113.0, 118.0, 92.0, 114.0, 68.0, 52.0, 60.5, 104.5)))

# Bonett (2008), doi:10.1037/1082-989X.13.2.99: closed forms for what metafor 3.8 lacks. a and b are the better-signed scores.
var_d_pre <- function(d, a, b) (d^2 / 2 + var(b - a) / var(a)) / (length(a) - 1)
var_d_pooled <- function(d, a, b) {
  s2 <- (var(a) + var(b)) / 2
  (var(b - a) / s2 + d^2 * (var(a)^2 + var(b)^2 + 2 * cov(a, b)^2) / (8 * s2^2)) / (length(a) - 1)
}
var_d_average <- function(d, a, b) {
  s <- (sd(a) + sd(b)) / 2
  (var(b - a) / s^2 + d^2 * (var(a) + var(b) + 2 * cor(a, b)^2 * sd(a) * sd(b)) / (8 * s^2)) / (length(a) - 1)
}
escalc_pair <- function(measure, a, b) {
  escalc(measure, m1i = mean(b), m2i = mean(a), sd1i = sd(a), sd2i = sd(b), ni = length(a), ri = cor(a, b))
}

calls <- alist(
  mean_pre = mean(pre), mean_post = mean(post), sd_pre = sd(pre), sd_post = sd(post), r = cor(pre, post),
  mean_change = unname(t.test(b, a, paired = TRUE)$estimate), sd_change = sd(b - a),
  mean_change_variance = unname(t.test(b, a, paired = TRUE)$stderr)^2,
  d_pre_sd = mean(b - a) / sd(a), d_pre_sd_variance = var_d_pre(mean(b - a) / sd(a), a, b),
  g_pre_sd = c(escalc_pair("SMCRH", a, b)$yi), g_pre_sd_variance = escalc_pair("SMCRH", a, b)$vi,
  g_pre_sd_equal_sd_variance = escalc_pair("SMCR", a, b)$vi,
  d_z = mean(b - a) / sd(b - a), g_z = c(escalc_pair("SMCC", a, b)$yi), g_z_variance = escalc_pair("SMCC", a, b)$vi,
  d_av = mean(b - a) / ((sd(a) + sd(b)) / 2),
  d_av_variance = var_d_average(mean(b - a) / ((sd(a) + sd(b)) / 2), a, b),
  d_av_rms = mean(b - a) / sqrt((var(a) + var(b)) / 2),
  d_av_rms_variance = var_d_pooled(mean(b - a) / sqrt((var(a) + var(b)) / 2), a, b))

record <- function(calls, where) {
  lapply(calls, function(one) list(call = paste(deparse(one, width.cutoff = 500), collapse = " "), value = as.vector(eval(one, where))))
}
from_scores <- lapply(sets, function(set) {
  sign <- if (set$better == "lower") -1 else 1
  c(set, list(oracle = record(calls, list(pre = set$pre, post = set$post, a = sign * set$pre, b = sign * set$post))))
})

# Morris (2008), doi:10.1177/1094428106291059, table 5: five published treatment groups, higher is better.
morris <- list(
  mean_pre = c(30.6, 23.5, 0.5, 53.4, 35.6), mean_post = c(38.5, 26.8, 0.7, 75.9, 36.0), sd_pre = c(15.0, 3.1, 0.1, 14.5, 4.7),
  sd_post = c(11.6, 4.1, 0.1, 4.4, 4.6), n = c(20, 50, 9, 10, 14), r = c(0.47, 0.64, 0.77, 0.89, 0.44))
escalc_table <- function(measure) {
  with(morris, escalc(measure, m1i = mean_post, m2i = mean_pre, sd1i = sd_pre, sd2i = sd_post, ni = n, ri = r))
}
morris_calls <- alist(
  g_pre_sd = c(escalc_table("SMCRH")$yi), g_pre_sd_variance = escalc_table("SMCRH")$vi,
  g_z = c(escalc_table("SMCC")$yi), g_z_variance = escalc_table("SMCC")$vi)

out <- list(
  made_by = list(R = R.version.string, metafor = as.character(packageVersion("metafor"))),
  notes = "a and b are pre and post with the sign that makes higher better; escalc_pair and the var_ functions stand in change.R",
  from_scores = from_scores,
  from_table = c(list(better = "higher"), list(morris = morris), list(oracle = record(morris_calls, globalenv()))))
writeLines(jsonlite::toJSON(out, auto_unbox = TRUE, digits = I(15), pretty = TRUE), "change.json")
