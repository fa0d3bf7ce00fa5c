// The density of Stan's own wiener(), to compare ours with.
data {
  int<lower=1> n;
  vector<lower=0>[n] rt;
  array[n] int<lower=0, upper=1> choice;
  vector<lower=0>[n] alpha;
  vector<lower=0>[n] tau;
  vector<lower=0, upper=1>[n] beta;
  vector[n] delta;
}
generated quantities {
  vector[n] log_density;
  for (i in 1 : n) {
    log_density[i] = choice[i]
                     ? wiener_lpdf(rt[i] | alpha[i], tau[i], beta[i], delta[i])
                     : wiener_lpdf(rt[i] | alpha[i], tau[i], 1 - beta[i], -delta[i]);
  }
}
