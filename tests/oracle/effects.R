# Takes published summaries, gives effects.json: effect sizes and variances from metafor's escalc, each beside its call.
# Run in this folder: Rscript effects.R        (Debian: r-base-core, r-cran-metafor, r-cran-jsonlite)
suppressMessages(library(metafor))

# Morris (2008), doi:10.1177/1094428106291059, table 5: treated groups, higher is better.
morris <- data.frame(
  m_pre = c(30.6, 23.5, 0.5, 53.4, 35.6), m_post = c(38.5, 26.8, 0.7, 75.9, 36.0), sd_pre = c(15.0, 3.1, 0.1, 14.5, 4.7),
  sd_post = c(11.6, 4.1, 0.1, 4.4, 4.6), n = c(20, 50, 9, 10, 14), r = c(0.47, 0.64, 0.77, 0.89, 0.44))
change <- function(measure, vtype) {
  with(morris, escalc(measure, m1i = m_post, m2i = m_pre, sd1i = sd_pre, sd2i = sd_post, ni = n, ri = r, vtype = vtype))
}
# Made-up summaries of two groups.
groups <- data.frame(m1 = c(103, 12.4, 8.1), sd1 = c(5.5, 6.2, 3.3), n1 = c(50, 31, 12), m2 = c(100, 15.9, 8.0), sd2 = c(4.5, 5.1, 4.8), n2 = c(50, 24, 9))
between <- function(measure, ...) with(groups, escalc(measure, m1i = m1, sd1i = sd1, n1i = n1, m2i = m2, sd2i = sd2, n2i = n2, ...))
# Completed of discharged, with cells of 0.
tables <- data.frame(k1 = c(5, 0, 12, 151), n1 = c(100, 20, 12, 207), k2 = c(10, 3, 7, 129), n2 = c(100, 20, 15, 207))
shares <- function(measure) with(tables, escalc(measure, ai = k1, n1i = n1, ci = k2, n2i = n2))
one <- function(measure) with(tables, escalc(measure, xi = k1, ni = n1))

calls <- alist(
  g_pre_sd_LS = change("SMCR", "LS"), g_pre_sd_LS2 = change("SMCR", "LS2"), g_z_LS = change("SMCC", "LS"), g_z_LS2 = change("SMCC", "LS2"),
  g_s_LS = between("SMD", vtype = "LS"), g_s_LS2 = between("SMD", vtype = "LS2"), mean_difference = between("MD"),
  g_control_sd = between("SMD1H"),
  log_risk_ratio = shares("RR"), log_odds_ratio = shares("OR"), risk_difference = shares("RD"), arcsine_difference = shares("AS"),
  logit = one("PLO"), fisher_z = escalc("ZCOR", ri = c(0.66, -0.2), ni = c(117, 12)))
record <- lapply(calls, function(call) {
  found <- eval(call)
  list(call = paste(deparse(call, width.cutoff = 500), collapse = " "), value = as.vector(found$yi), variance = as.vector(found$vi))
})
out <- list(
  made_by = list(R = R.version.string, metafor = as.character(packageVersion("metafor"))),
  notes = "the functions change, between, shares and one stand in effects.R",
  given = list(morris = morris, groups = groups, tables = tables), oracle = record)
writeLines(jsonlite::toJSON(out, auto_unbox = TRUE, digits = I(15), pretty = TRUE, dataframe = "columns"), "effects.json")
