# Writes survival.json beside this file: every value with the R call that gave it. Needed only to regenerate:
#   Debian: apt-get install r-base-core r-cran-survival r-cran-cmprsk r-cran-jsonlite
#   Rscript tests/oracle/survival.R
suppressMessages({library(survival); library(cmprsk); library(jsonlite)})

here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))

# ---- data: day, cause (0 = censored), group from 0, patient -------------------------------------------------------
frame <- function(day, cause, group = 0, patient = seq_along(day)) data.frame(day = day, cause = cause, group = group, patient = patient)

s1 <- frame(c(7, 7, 7, 14, 14, 21, 21, 30, 30, 30), c(1, 2, 0, 1, 2, 1, 0, 2, 1, 0), rep(0:1, each = 5))
s5 <- frame(c(5, 8, 12, 12, 20, 25, 30, 33, 40, 45), c(1, 1, 0, 1, 1, 0, 1, 0, 1, 0))
s8 <- frame(c(30, 30, 60, 60, 90), c(1, 0, 1, 0, 0))
plateau <- frame(c(10, 20, 30, 40), c(1, 1, 1, 1))
plateau_open <- frame(c(10, 20, 30, 40), c(1, 1, 0, 0))
freireich <- frame(c(6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35,
                     1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23),
                   c(1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, rep(1, 21)), rep(0:1, each = 21))
cancer <- with(survival::cancer, frame(time, status - 1, sex - 1, inst + 0))
cancer$patient[is.na(cancer$patient)] <- 99
veteran <- with(survival::veteran, frame(time, status, as.integer(celltype) - 1))

# Made up: 240 episodes of 90 patients, three groups, two causes, many ties, day 0 and the last day used, one group short.
set.seed(20240601)
n <- 240
patient <- sample(90, n, replace = TRUE)
frailty <- rgamma(90, 2, 2)[patient]
group <- sample(0:2, n, replace = TRUE, prob = c(.5, .35, .15))
one <- floor(rexp(n, frailty * c(.006, .010, .008)[group + 1]))
two <- floor(rexp(n, frailty * .003))
end <- pmin(sample(c(30, 90, 180, 365), n, replace = TRUE, prob = c(.1, .2, .3, .4)), ifelse(group == 2, 200, 365))
day <- pmin(one, two, end)
made <- frame(day, ifelse(one <= pmin(two, end), 1, ifelse(two <= end, 2, 0)), group, patient)

# Everybody in the first group ends by an event, long before the others, with both causes on the last day.
exhausted <- frame(c(2, 3, 3, 5, 8, 8, 8, 4, 5, 8, 9, 9, 12, 14, 14, 20, 20), c(1, 2, 1, 1, 1, 2, 1, 2, 1, 0, 1, 1, 2, 1, 1, 0, 2),
                   rep(0:1, c(7, 10)))

frames <- list(s1 = s1, s5 = s5, s8 = s8, plateau = plateau, plateau_open = plateau_open, freireich = freireich,
               cancer = cancer, veteran = veteran, made = made,
               exhausted = exhausted)

# ---- values, each with its call --------------------------------------------------------------------------------------
found <- list()
keep <- function(name, data, expr, read) {
  call <- substitute(expr)
  text <- gsub("(, )?data = d", "", paste(trimws(deparse(call, 500)), collapse = " "))
  assign("d", frames[[data]], globalenv())
  fit <- eval(call, globalenv())
  found[[name]] <<- list(data = data, call = text, read = paste(trimws(deparse(body(read), 500)), collapse = " "), value = read(fit))
}
curve <- function(f) list(day = f$time, at_risk = f$n.risk, event = f$n.event, surv = f$surv, se = f$std.err * f$surv,
                          low = f$lower, high = f$upper)
for (data in names(frames)) {
  keep(paste0("greenwood/", data), data, survfit(Surv(day, cause > 0) ~ 1, data = d), curve)
  types <- if (data %in% c("s5", "plateau", "plateau_open", "freireich", "made")) c("plain", "log", "log-log", "logit", "arcsin") else "log-log"
  for (type in types) local({
    form <- bquote(survfit(Surv(day, cause > 0) ~ 1, data = d, conf.type = .(type)))
    eval(bquote(keep(.(paste("band", type, data, sep = "/")), .(data), .(form), function(f) list(low = f$lower, high = f$upper))))
    eval(bquote(keep(.(paste("median", type, data, sep = "/")), .(data), .(form), function(f) as.list(summary(f)$table[c("median", "0.95LCL", "0.95UCL")]))))
    eval(bquote(keep(.(paste("quartile", type, data, sep = "/")), .(data), .(form), function(f) lapply(quantile(f, 0.25), unname))))
  })
  last <- max(frames[[data]]$day)
  for (tau in unique(c(floor(last / 3), floor(last * .8), last)))
    eval(bquote(keep(.(paste("rmst", tau, data, sep = "/")), .(data), survfit(Surv(day, cause > 0) ~ 1, data = d),
                     .(bquote(function(f) as.list(summary(f, rmean = .(tau))$table[c("rmean", "se(rmean)")]))))))
}
keep("cluster/made", "made", survfit(Surv(day, cause > 0) ~ 1, data = d, cluster = patient), function(f) list(day = f$time, se = summary(f, times = f$time)$std.err))
keep("robust/made", "made", survfit(Surv(day, cause > 0) ~ 1, data = d, robust = TRUE), function(f) list(day = f$time, se = summary(f, times = f$time)$std.err))
keep("cluster/cancer", "cancer", survfit(Surv(day, cause > 0) ~ 1, data = d, cluster = patient), function(f) list(day = f$time, se = summary(f, times = f$time)$std.err))

states <- function(f) list(day = f$time, incidence = f$pstate[, -1], se = f$std.err[, -1])
for (data in c("s1", "made", "exhausted"))
  keep(paste0("states/", data), data, survfit(Surv(day, factor(cause)) ~ 1, data = d), states)
keep("states_band/made", "made", survfit(Surv(day, factor(cause)) ~ 1, data = d, conf.type = "log-log"), function(f) list(low = f$lower[, -1], high = f$upper[, -1]))

# R 4.2's survival ignores cluster= in a competing-risk survfit, so the errors clustered by patient come from its influences;
# and those influences leave out events on day 0 at the tick 0, which is therefore not asked for.
ticks <- c(0, 1, 30, 90, 180, 300)
eval(bquote(keep("influence/surv/made", "made", survfit(Surv(day, cause > 0) ~ 1, data = d), function(f) unname(resid(f, times = .(ticks), type = "pstate")))))
eval(bquote(keep("influence/rmst/made", "made", survfit(Surv(day, cause > 0) ~ 1, data = d), function(f) unname(resid(f, times = .(ticks[-1]), type = "rmst")))))
for (cause in 1:2) {
  eval(bquote(keep(.(paste0("influence/incidence", cause, "/made")), "made", survfit(Surv(day, factor(cause)) ~ 1, data = d),
                   function(f) unname(resid(f, times = .(ticks[-1]), type = "pstate")[, , .(cause + 1)]))))
  eval(bquote(keep(.(paste0("states_cluster/", cause, "/made")), "made", survfit(Surv(day, factor(cause)) ~ 1, data = d),
                   function(f) unname(sqrt(colSums(rowsum(resid(f, times = .(ticks[-1]), type = "pstate")[, , .(cause + 1)], made$patient)^2))))))
}

keep("followed/made", "made", survfit(Surv(2 * day + (cause == 0), cause == 0) ~ 1, data = d), function(f) list(day = floor(f$time / 2), surv = f$surv))

test <- function(f) list(observed = f$obs, expected = f$exp, chi2 = f$chisq, p = pchisq(f$chisq, length(f$n) - 1, lower.tail = FALSE), var = f$var)
for (data in c("s1", "freireich", "cancer", "veteran", "made"))
  keep(paste0("logrank/", data), data, survdiff(Surv(day, cause > 0) ~ group, data = d), test)
keep("logrank_cause1/made", "made", survdiff(Surv(day, cause == 1) ~ group, data = d), test)
rscore <- function(f) list(chi2 = as.numeric(f$rscore))
keep("rscore/made", "made", coxph(Surv(day, cause > 0) ~ factor(group), data = d, ties = "breslow", cluster = patient), rscore)
keep("rscore/cancer", "cancer", coxph(Surv(day, cause > 0) ~ factor(group), data = d, ties = "breslow", cluster = patient), rscore)

gray <- function(f) list(chi2 = unname(f$Tests[, "stat"]), p = unname(f$Tests[, "pv"]), df = unname(f$Tests[, "df"]))
keep("gray/s1", "s1", cuminc(d$day, d$cause, d$group), gray)
keep("gray/made", "made", cuminc(d$day, d$cause, d$group), gray)
keep("gray/exhausted", "exhausted", cuminc(d$day, d$cause, d$group), gray)
keep("gray_two/made", "made", cuminc(d$day, d$cause, d$group, subset = d$group < 2), gray)
keep("aalen/s1", "s1", cuminc(d$day, d$cause), function(f) lapply(timepoints(f, c(7, 14, 21, 30)), unname))

out <- list(R = R.version.string, survival = as.character(packageVersion("survival")), cmprsk = as.character(packageVersion("cmprsk")),
            ticks = ticks, data = lapply(frames, as.list), values = found)
write(toJSON(out, digits = NA, na = "null", auto_unbox = TRUE, null = "null"), file.path(here, "survival.json"))
