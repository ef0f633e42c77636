# Takes state anxiety (STAI) before and after a film in 163 people, gives anxiety.json: moments of items and scores, and what psych and metafor say of them.
# The answers (psychTools::sai, study FLAT) are not kept, only their means and covariances: every figure here follows from these.
# Run in this folder: Rscript anxiety.R        (Debian: r-base-core, r-cran-psych, r-cran-psychtools, r-cran-metafor, r-cran-jsonlite)
suppressMessages({library(psych); library(psychTools); library(metafor)})
data(sai, package = "psychTools")
unwell <- c("tense", "regretful", "upset", "worrying", "anxious", "nervous", "jittery", "high.strung", "worried", "rattled")
well <- setdiff(names(sai)[4:23], unwell)
forms <- na.omit(sai[sai$study == "FLAT" & sai$time < 3, c("time", "id", unwell, well)])
forms[well] <- 5 - forms[well]
items <- c(unwell, well)
before <- forms[forms$time == 1, ]
after <- forms[forms$time == 2, ]
both <- intersect(before$id, after$id)
before <- before[match(both, before$id), items]
after <- after[match(both, after$id), items]
pair <- data.frame(before = rowSums(before), after = rowSums(after))

factor <- factanal(covmat = cor(before), factors = 1, n.obs = nrow(before), rotation = "none", control = list(lower = 1e-9, opt = list(factr = 0, maxit = 1e5)))
s <- sapply(before, sd)
common <- sum(s * factor$loadings[, 1])^2
icc <- ICC(as.matrix(pair), lmer = FALSE)$results
sizes <- lapply(c("SMCC", "SMCR", "SMCRH"), function(kind) {
  found <- escalc(measure = kind, m1i = mean(pair$before), m2i = mean(pair$after), sd1i = sd(pair$before), sd2i = sd(pair$after), ni = nrow(pair), ri = cor(pair$before, pair$after))
  c(found$yi, found$vi)
})
names(sizes) <- c("SMCC", "SMCR", "SMCRH")
test <- t.test(pair$before, pair$after, paired = TRUE)
versions <- sapply(c("psych", "psychTools", "metafor"), function(name) as.character(packageVersion(name)))
jsonlite::write_json(list(
  versions = as.list(c(R = as.character(getRversion()), versions)), n = nrow(pair), means = unname(colMeans(pair)), covariance = unname(cov(pair)),
  item_covariance = unname(cov(before)), alpha = alpha(before)$total$raw_alpha, omega_total = common / (common + sum(s^2 * factor$uniquenesses)),
  icc_agreement = unname(unlist(icc[2, c(2, 7, 8)])), icc_consistency = unname(unlist(icc[3, c(2, 7, 8)])), sizes = sizes,
  t = unname(test$statistic), p = test$p.value, mean_change = unname(c(test$estimate, test$conf.int))), "anxiety.json", auto_unbox = TRUE, digits = 15)
