// matmul: sizes of a product y = x W, shared by forward and backward.

override input: u32;        // columns of x: a multiple of 16
override output: u32;       // columns of y: a multiple of 8
override param_stride: u32; // parameters of one replica
