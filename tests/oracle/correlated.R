# Takes tables of studies with several effects each, gives correlated.json: robumeta's correlated effects, and clubSandwich's errors of them.
# Run in this folder, with the folder that `python pooling_sets.py FOLDER` wrote: Rscript correlated.R FOLDER
# (Debian: r-base-core, r-cran-robumeta, r-cran-clubsandwich, r-cran-metafor, r-cran-jsonlite)
suppressMessages({library(metafor); library(clubSandwich); library(robumeta)})
folder <- commandArgs(TRUE)[1]
table <- function(name) read.csv(file.path(folder, paste0(name, ".csv")), colClasses = c(study = "character", cluster = "character"))
numbers <- function(fit) {
  # robumeta computes its limits at 95 % from these; clubSandwich's errors are computed by other code from the same weights
  other <- coef_test(fit, vcov = "CR2", test = "Satterthwaite")
  found <- fit$reg_table
  stopifnot(all(abs(other$SE / found$SE - 1) < 1e-9), all(abs(other$df / found$dfs - 1) < 1e-6))
  list(value = found$b.r, se = found$SE, t = found$t, df = found$dfs, p = found$prob, low = found$CI.L, high = found$CI.U, tau2 = c(fit$mod_info$tau.sq))
}
effects <- function(data, rho) list(
  mean = numbers(robu(y ~ 1, data = data, studynum = cluster, var.eff.size = v, rho = rho, small = TRUE)),
  regression = numbers(robu(y ~ x, data = data, studynum = cluster, var.eff.size = v, rho = rho, small = TRUE)))
hierarchical <- function(data, rho) {
  # Pustejovsky and Tipton's correlated and hierarchical effects, by metafor with imputed covariances
  V <- impute_covariance_matrix(data$v, cluster = data$cluster, r = rho, smooth_vi = FALSE)
  tight <- list(optimizer = "optim", optmethod = "BFGS", reltol = 1e-15, maxit = 5000)
  one <- function(formula) {
    fit <- rma.mv(formula, V = V, random = ~ 1 | cluster / study, data = data, method = "REML", sparse = FALSE, control = tight)
    found <- coef_test(fit, vcov = "CR2", cluster = data$cluster, test = "Satterthwaite")
    list(value = c(fit$beta), se = found$SE, df = found$df, p = found$p_Satt, tau2 = fit$sigma2[1], omega2 = fit$sigma2[2], log_likelihood = c(logLik(fit)))
  }
  list(mean = one(y ~ 1), regression = one(y ~ x))
}
sets <- c("intakes", "blocks")
out <- list(
  made_by = list(R = R.version.string, robumeta = as.character(packageVersion("robumeta")), clubSandwich = as.character(packageVersion("clubSandwich")), metafor = as.character(packageVersion("metafor"))),
  notes = "tables are made by pooling_sets.py; the calls stand in correlated.R",
  sets = lapply(setNames(sets, sets), function(name) {
    data <- table(name)
    c(list(k = nrow(data), sum = sum(data$y), rho_0.8 = effects(data, 0.8), rho_0.2 = effects(data, 0.2)), list(hierarchical_0.6 = hierarchical(data, 0.6)))
  }))
writeLines(jsonlite::toJSON(out, auto_unbox = TRUE, digits = I(15), pretty = FALSE, na = "null"), "correlated.json")
