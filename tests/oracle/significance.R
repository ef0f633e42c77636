# Takes public pre-post scores, gives significance.json: reliable change by seven methods and categories, by the R package clinicalsignificance 3.0.0.
# Run in this folder: Rscript significance.R FOLDER       (FOLDER: the directory R of that package's source, doi:10.18637/jss.v111.i01;
# Debian: r-base-core, r-recommended, r-cran-dplyr, r-cran-tibble, r-cran-lme4, r-cran-jsonlite)
suppressMessages({library(dplyr); library(lme4)})
source(file.path(commandArgs(trailingOnly = TRUE)[1], "package-utils.R"))
for (file in c("calc_rci.R", "calc_cutoff.R", "calc_recovered.R")) source(file.path(commandArgs(trailingOnly = TRUE)[1], file))

earlier <- jsonlite::fromJSON("change.json")$from_scores
chicks <- reshape(as.data.frame(ChickWeight)[ChickWeight$Time %in% c(0, 21), 1:3], direction = "wide", idvar = "Chick", timevar = "Time")
teeth <- as.data.frame(nlme::Orthodont)
slept <- sleepstudy[order(sleepstudy$Subject, sleepstudy$Days), ]
sets <- list(
  beat_the_blues = earlier$beat_the_blues[c("pre", "post", "better")],
  couples = earlier$couples[c("pre", "post", "better")],
  fifteen = earlier$fifteen[c("pre", "post", "better")],
  anorexia = list(pre = MASS::anorexia$Prewt, post = MASS::anorexia$Postwt, better = "higher"),
  sleep = list(pre = sleep$extra[1:10], post = sleep$extra[11:20], better = "higher"),
  orthodont = list(pre = teeth$distance[teeth$age == 8], post = teeth$distance[teeth$age == 14], better = "higher"),
  chicks = list(pre = na.omit(chicks)$weight.0, post = na.omit(chicks)$weight.21, better = "higher"),
  sleepstudy = list(pre = slept$Reaction[slept$Days == 0], post = slept$Reaction[slept$Days == 9], better = "lower"))
reliabilities <- c(0.50, 0.60, 0.70, 0.75, 0.80, 0.84, 0.88, 0.90, 0.92, 0.95, 0.98)
methods <- c("jt", "gln", "hll", "en", "nk", "ha")

letters_of <- function(data) {
  paste(ifelse(data$recovered, "r", ifelse(data$harmed, "h", ifelse(data$improved, "i", ifelse(data$deteriorated, "d", "u")))), collapse = "")
}
of_set <- function(set) {
  direction <- if (set$better == "lower") -1 else 1
  pre <- set$pre; post <- set$post; m <- mean(pre); s <- sd(pre)
  norm <- list(m = m + direction * 2.5 * s, sd = 0.8 * s)  # a made-up group of people who are well
  data <- tibble::tibble(id = seq_along(pre), pre = pre, post = post, change = post - pre)
  prepared <- function(class) structure(list(data = data), class = class)
  cut_of <- function(type) .calc_cutoff_jt(m, s, norm$m, norm$sd, type, direction)$value
  cuts <- c(a = cut_of("a"), b = cut_of("b"), c = cut_of("c"), on_a_score = sort(pre)[ceiling(length(pre) / 2)])
  categories <- lapply(reliabilities, function(r) {
    rci <- calc_rci(prepared("cs_jt"), sd_pre = s, reliability = r, direction = direction)$data
    lapply(cuts, function(cut) {
      places <- tibble::tibble(id = data$id, clinical_pre = direction * pre < direction * cut, functional_post = direction * post > direction * cut)
      letters_of(.calc_recovered(data, places, rci))
    })
  })
  r <- 0.84
  index <- lapply(setNames(methods, methods), function(method) {
    calc_rci(prepared(paste0("cs_", method)), m_pre = m, sd_pre = s, m_post = mean(post), sd_post = sd(post), reliability = r,
      reliability_post = 0.80, direction = direction)$data$rci
  })
  true <- calc_cutoff_from_data(prepared("cs_ha"), m_clinical = m, sd_clinical = s, m_functional = norm$m, sd_functional = norm$sd,
    m_post = mean(post), sd_post = sd(post), reliability = r, type = "c", direction = direction)
  c(set, list(norm = norm, cuts = as.list(cuts), categories = setNames(categories, reliabilities), index = index,
    hageman_arrindell = list(cutoff = true$info$value, index = true$data$cs_indiv)))
}

fit <- lmer(Reaction ~ Days + (Days | Subject), slept)
effects <- as.data.frame(ranef(fit, condVar = TRUE))
slopes <- effects[effects$term == "Days", ]
spread <- as.matrix(VarCorr(fit)$Subject)
mixed <- list(
  intercept = fixef(fit)[[1]], slope = fixef(fit)[[2]], variances = list(intercept = spread[1, 1], slope = spread[2, 2], both = spread[1, 2]),
  residual = sigma(fit)^2, days = 0:9, scores = matrix(slept$Reaction, ncol = 10, byrow = TRUE),
  random_slope = slopes$condval, sd = slopes$condsd)

out <- list(
  made_by = list(R = R.version.string, clinicalsignificance = "3.0.0.9000", lme4 = as.character(packageVersion("lme4"))),
  notes = "categories: r recovered, i improved, u unchanged, d deteriorated, h harmed, one letter a person; index at reliability 0.84, after 0.80",
  sets = lapply(sets, of_set), mixed = mixed)
writeLines(jsonlite::toJSON(out, auto_unbox = TRUE, digits = I(12)), "significance.json")
