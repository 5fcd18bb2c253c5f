//! One step of training, number by number, small enough to follow with a calculator: forward,
//! backward, update. Each line that is printed says how its numbers arise from those above it.
//! README and `cargo doc` have the same formulas, but count from the constant: what is x[0] and
//! z[0] here is x[1] and z[1] there, where x[0] = z[0] = 1.
//!
//!     cargo run --release --example one_example

use rankone::Network;
use rankone::ndarray::array;

fn main() -> rankone::Result<()> {
    // M = 2 inputs, and the class that is right, of K = 3: 0, 1 or 2.
    let (x, y) = (array![0.5, 0.2], 2);
    // A row for each of D = 2 hidden units. Column 0 is the bias: it is multiplied by a constant 1
    // that is put before x. The other columns belong to x[0] and x[1].
    let alpha = array![
        [0.1, 0.4, -0.5], // bias, weight of x[0], weight of x[1]
        [-0.3, 0.2, -1.0],
    ];
    // A row for each class; again column 0 is the bias, and the others belong to z[0] and z[1].
    let beta = array![[0.1, 0.2, 0.3], [0.0, -0.1, 0.2], [-0.1, 0.3, 0.1]];
    println!("x = {x}, y = {y}");
    println!("alpha, a row a hidden unit: bias, weights of x[0] and x[1]\n{alpha}");
    println!("beta, a row a class: bias, weights of z[0] and z[1]\n{beta}");
    let network = Network::from_parameters(alpha, beta)?;

    // All that training computes for one example, without changing the network.
    let step = network.example(x.view(), y)?;

    let forward = &step.forward;
    println!("\nForward: from the input to the loss");
    println!("a     = alpha [1; x]              {:.4}", forward.a);
    println!("        a[0] = 0.1*1 + 0.4*0.5 - 0.5*0.2, the bias first");
    println!("z     = 1 / (1 + exp(-a))         {:.4}", forward.z);
    println!("b     = beta [1; z]               {:.4}", forward.b);
    println!("        b[0] = 0.1*1 + 0.2*z[0] + 0.3*z[1]");
    println!("y_hat = exp(b) / sum of exp(b)    {:.4}", forward.y_hat);
    println!("J     = -log(y_hat[y])            {:.4}", forward.j);

    // g_q is the slope of J along q: raise q by a little, and J rises by g_q times as much.
    let backward = &step.backward;
    println!("\nBackward: from the loss to every parameter");
    println!("g_b     = y_hat - onehot(y)       {:.4}", backward.g_b);
    println!("g_beta  = g_b [1; z]^T\n{:.4}", backward.g_beta);
    println!("          g_beta[0, 0] = g_b[0]*1, of the bias; g_beta[0, 1] = g_b[0]*z[0]");
    println!("g_z     = beta[:,1:]^T g_b        {:.4}", backward.g_z);
    println!("          g_z[0] = 0.2*g_b[0] - 0.1*g_b[1] + 0.3*g_b[2]");
    println!("g_a     = g_z z (1 - z)           {:.4}", backward.g_a);
    println!("g_alpha = g_a [1; x]^T\n{:.4}", backward.g_alpha);

    // Downhill: every gradient above is from the old parameters, so both layers move at once.
    let learning_rate = 0.5;
    let (alpha, beta) = network.into_parameters();
    let alpha = alpha - learning_rate * &backward.g_alpha;
    let beta = beta - learning_rate * &backward.g_beta;
    println!("\nUpdate: every parameter less {learning_rate} times its gradient");
    println!("alpha\n{alpha:.4}\nbeta\n{beta:.4}");

    let updated = Network::from_parameters(alpha, beta)?;
    let after = updated.example(x.view(), y)?.forward.j;
    println!("\nJ was {:.4}, and is {after:.4} for the same example now", forward.j);
    Ok(())
}
