# Writes clustered.json beside this file: what R says of repeated patients, each value with the call that gave it. The episodes are
# those that survival.R made up. Needed only to regenerate:
#   Debian: apt-get install r-base-core r-cran-survival r-cran-jsonlite
#   Rscript tests/oracle/clustered.R
suppressMessages({library(survival); library(jsonlite)})

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
d <- as.data.frame(fromJSON(file.path(here, "survival.json"))$data$made)
ticks <- c(1, 30, 90, 180)

found <- list()
keep <- function(name, expr, read) {
  call <- substitute(expr)
  fit <- eval(call, globalenv())
  found[[name]] <<- list(call = paste(trimws(deparse(call, 500)), collapse = " "),
                         read = paste(trimws(deparse(body(read), 500)), collapse = " "), value = read(fit))
}
at_ticks <- function(f) {
  s <- summary(f, times = ticks)
  list(surv = s$surv, se = s$std.err, low = s$lower, high = s$upper)
}
middle <- function(f) lapply(quantile(f, 0.5), unname)

# Shares and medians with their log-log limits, by patient: everyone, and each group.
for (g in c("all", 0, 1, 2)) {
  rows <- if (g == "all") quote(d) else bquote(d[d$group == .(as.numeric(g)), ])
  eval(bquote(keep(.(paste0("free/", g)), survfit(Surv(day, cause > 0) ~ 1, data = .(rows), cluster = patient, conf.type = "log-log"), at_ticks)))
  eval(bquote(keep(.(paste0("median/", g)), survfit(Surv(day, cause > 0) ~ 1, data = .(rows), cluster = patient, conf.type = "log-log"), middle)))
}

# Mean days: R gives no error by patient, but the influence of every episode.
keep("rmst", survfit(Surv(day, cause > 0) ~ 1, data = d), function(f)
  list(days = unname(summary(f, rmean = 180)$table["rmean"]),
       se = sqrt(colSums(rowsum(resid(f, times = 180, type = "rmst"), d$patient)^2))))

# Incidences of both causes likewise, in each group, and their differences over patients who stand in both.
groups <- split(d, d$group)
incidence <- function(f, patient) {
  sums <- rowsum(unname(resid(f, times = 90, type = "pstate")[, 2]), patient)
  whole <- numeric(max(d$patient))
  whole[as.integer(rownames(sums))] <- sums
  list(value = summary(f, times = 90)$pstate[1, 2], sums = whole)
}
first <- survfit(Surv(day, factor(cause)) ~ 1, data = groups[[1]])
second <- survfit(Surv(day, factor(cause)) ~ 1, data = groups[[2]])
keep("incidence_difference", list(incidence(first, groups[[1]]$patient), incidence(second, groups[[2]]$patient)), function(f)
  list(value = f[[1]]$value - f[[2]]$value, se = sqrt(sum((f[[1]]$sums - f[[2]]$sums)^2)),
       correlation = sum(f[[1]]$sums * f[[2]]$sums) / sqrt(sum(f[[1]]$sums^2) * sum(f[[2]]$sums^2))))

# The log-rank test of the first cause, the other ending follow-up: robust score by patient, and for independent episodes.
keep("rscore", coxph(Surv(day, cause == 1) ~ factor(group), data = d, ties = "breslow", cluster = patient),
     function(f) list(chi2 = as.numeric(f$rscore)))
keep("rscore_two", coxph(Surv(day, cause == 1) ~ group, data = d[d$group < 2, ], ties = "breslow", cluster = patient),
     function(f) list(chi2 = as.numeric(f$rscore)))
keep("logrank", survdiff(Surv(day, cause == 1) ~ group, data = d), function(f) list(chi2 = f$chisq))

out <- list(R = R.version.string, survival = as.character(packageVersion("survival")), ticks = ticks, values = found)
write(toJSON(out, digits = NA, na = "null", auto_unbox = TRUE, null = "null"), file.path(here, "clustered.json"))
