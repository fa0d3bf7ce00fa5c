// Student-t regression, intercepts from one normal distribution that is
// learned, and one slope. Non-centred: standard normal deviations alpha_raw
// are scaled and shifted into alpha.
data {
  int<lower=1> n_observations;
  int<lower=1> n_groups;
  vector[n_observations] y;                                  // outcome
  vector[n_observations] x;                                  // predictor
  array[n_observations] int<lower=1, upper=n_groups> group;  // of each y
  real mu_alpha_mean;               // prior of mu_alpha
  real<lower=0> mu_alpha_scale;
  real<lower=0> sigma_alpha_scale;  // prior of sigma_alpha
  real beta_mean;                   // prior of beta
  real<lower=0> beta_scale;
  real<lower=0> sigma_y_scale;      // prior of sigma_y
  real<lower=0> nu_shape;           // prior of nu - 1
  real<lower=0> nu_rate;
}
parameters {
  real mu_alpha;               // mean of the intercepts
  real<lower=0> sigma_alpha;   // their standard deviation
  vector[n_groups] alpha_raw;  // their deviations, in units of sigma_alpha
  real beta;                   // slope
  real<lower=0> sigma_y;       // residual scale
  real<lower=1> nu;            // degrees of freedom; a mean exists above 1
}
transformed parameters {
  vector[n_groups] alpha = mu_alpha + sigma_alpha * alpha_raw;  // intercepts
}
model {
  mu_alpha ~ normal(mu_alpha_mean, mu_alpha_scale);
  sigma_alpha ~ normal(0, sigma_alpha_scale);  // half-normal
  alpha_raw ~ std_normal();
  beta ~ normal(beta_mean, beta_scale);
  sigma_y ~ normal(0, sigma_y_scale);
  nu - 1 ~ gamma(nu_shape, nu_rate);
  y ~ student_t(nu, alpha[group] + beta * x, sigma_y);
}
generated quantities {
  vector[n_observations] log_lik;
  array[n_observations] real y_rep
    = student_t_rng(nu, alpha[group] + beta * x, sigma_y);
  real prior_mu_alpha = normal_rng(mu_alpha_mean, mu_alpha_scale);
  real prior_sigma_alpha = sqrt(square(normal_rng(0, sigma_alpha_scale)));
  vector[n_groups] prior_alpha_raw
    = to_vector(normal_rng(rep_vector(0, n_groups), 1));
  vector[n_groups] prior_alpha
    = prior_mu_alpha + prior_sigma_alpha * prior_alpha_raw;
  real prior_beta = normal_rng(beta_mean, beta_scale);
  real prior_sigma_y = sqrt(square(normal_rng(0, sigma_y_scale)));
  real prior_nu = 1 + gamma_rng(nu_shape, nu_rate);
  array[n_observations] real prior_y
    = student_t_rng(prior_nu, prior_alpha[group] + prior_beta * x,
                    prior_sigma_y);
  for (i in 1 : n_observations) {
    real mean_y = alpha[group[i]] + beta * x[i];
    log_lik[i] = student_t_lpdf(y[i] | nu, mean_y, sigma_y);
  }
}
