// Binomial outcomes in cells, log-odds of success from the effects of two
// crossed factors and of their interaction; non-centred.
functions {
  // averages over the columns of a table, one for each row
  vector row_means(matrix table) {
    return table * rep_vector(inv(cols(table)), cols(table));
  }
  // averages over the rows of a table, one for each column
  vector column_means(matrix table) {
    return row_means(table');
  }
  // log-odds of every pair of levels
  matrix log_odds(real intercept, vector a, vector b, matrix ab) {
    return intercept + rep_matrix(a, rows(b)) + rep_matrix(b', rows(a)) + ab;
  }
  // what is left of a table when its average and the effects are taken off
  matrix departures(matrix table, vector a, vector b) {
    return table - mean(table) - rep_matrix(a, rows(b))
           - rep_matrix(b', rows(a));
  }
}
data {
  int<lower=1> n_cells;
  int<lower=1> n_a_levels;
  int<lower=1> n_b_levels;
  array[n_cells] int<lower=1> n;           // trials
  array[n_cells] int<lower=0, upper=n> y;  // successes
  array[n_cells] int<lower=1, upper=n_a_levels> factor_a;  // levels of cells
  array[n_cells] int<lower=1, upper=n_b_levels> factor_b;
  real intercept_mean;                     // prior of intercept
  real<lower=0> intercept_scale;
  real<lower=0> sigma_a_scale;             // prior of sigma_a
  real<lower=0> sigma_b_scale;             // prior of sigma_b
  real<lower=0> sigma_ab_scale;            // prior of sigma_ab
}
parameters {
  real intercept_adj;      // log-odds, averaged over all pairs of levels
  real<lower=0> sigma_a;   // standard deviation of the factors' effects
  real<lower=0> sigma_b;
  real<lower=0> sigma_ab;  // and of those of pairs of levels
  vector[n_a_levels] a_raw;               // effects, in units of sigma_a,
  vector[n_b_levels] b_raw;               // sigma_b
  matrix[n_a_levels, n_b_levels] ab_raw;  // and sigma_ab
}
transformed parameters {
  vector[n_a_levels] a = sigma_a * a_raw;  // effects, in log-odds
  vector[n_b_levels] b = sigma_b * b_raw;
  matrix[n_a_levels, n_b_levels] ab = sigma_ab * ab_raw;
  // log-odds at typical levels, of every pair of levels, and of each cell
  real intercept = intercept_adj - mean(a) - mean(b) - mean(ab);
  matrix[n_a_levels, n_b_levels] eta = log_odds(intercept, a, b, ab);
  vector[n_cells] cell_eta;
  for (i in 1 : n_cells) {
    cell_eta[i] = eta[factor_a[i], factor_b[i]];
  }
}
model {
  // no Jacobian: intercept moves one for one with intercept_adj
  intercept ~ normal(intercept_mean, intercept_scale);
  sigma_a ~ normal(0, sigma_a_scale);  // half-normal, as for the others
  sigma_b ~ normal(0, sigma_b_scale);
  sigma_ab ~ normal(0, sigma_ab_scale);
  a_raw ~ std_normal();
  b_raw ~ std_normal();
  to_vector(ab_raw) ~ std_normal();
  y ~ binomial_logit(n, cell_eta);
}
generated quantities {
  // averages of the table of log-odds, and departures from their sum
  vector[n_a_levels] a_adj = row_means(eta) - intercept_adj;
  vector[n_b_levels] b_adj = column_means(eta) - intercept_adj;
  matrix[n_a_levels, n_b_levels] ab_adj = departures(eta, a_adj, b_adj);
  vector[n_cells] theta = inv_logit(cell_eta);  // probability of success
  vector[n_cells] log_lik;
  array[n_cells] int y_rep = binomial_rng(n, theta);
  real prior_intercept = normal_rng(intercept_mean, intercept_scale);
  real prior_sigma_a = sqrt(square(normal_rng(0, sigma_a_scale)));
  real prior_sigma_b = sqrt(square(normal_rng(0, sigma_b_scale)));
  real prior_sigma_ab = sqrt(square(normal_rng(0, sigma_ab_scale)));
  vector[n_a_levels] prior_a_raw
    = to_vector(normal_rng(rep_vector(0, n_a_levels), 1));
  vector[n_b_levels] prior_b_raw
    = to_vector(normal_rng(rep_vector(0, n_b_levels), 1));
  matrix[n_a_levels, n_b_levels] prior_ab_raw
    = to_matrix(normal_rng(rep_vector(0, n_a_levels * n_b_levels), 1),
                n_a_levels, n_b_levels);
  vector[n_a_levels] prior_a = prior_sigma_a * prior_a_raw;
  vector[n_b_levels] prior_b = prior_sigma_b * prior_b_raw;
  matrix[n_a_levels, n_b_levels] prior_ab = prior_sigma_ab * prior_ab_raw;
  matrix[n_a_levels, n_b_levels] prior_eta
    = log_odds(prior_intercept, prior_a, prior_b, prior_ab);
  real prior_intercept_adj = mean(prior_eta);
  vector[n_a_levels] prior_a_adj = row_means(prior_eta) - prior_intercept_adj;
  vector[n_b_levels] prior_b_adj
    = column_means(prior_eta) - prior_intercept_adj;
  matrix[n_a_levels, n_b_levels] prior_ab_adj
    = departures(prior_eta, prior_a_adj, prior_b_adj);
  vector[n_cells] prior_theta;
  array[n_cells] int prior_y;
  for (i in 1 : n_cells) {
    log_lik[i] = binomial_logit_lpmf(y[i] | n[i], cell_eta[i]);
    prior_theta[i] = inv_logit(prior_eta[factor_a[i], factor_b[i]]);
  }
  prior_y = binomial_rng(n, prior_theta);
}
