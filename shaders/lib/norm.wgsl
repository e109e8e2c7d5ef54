// norm: the constant under the root of RMSNorm, shared by forward, backward and twins.

const norm_eps = 1e-5;
