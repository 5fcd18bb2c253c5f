//! The built-in letters: the same for ever, balanced, and told apart.

use rankone::letters::{CLASSES, Canvas, Letters, PIXELS, Size, Split, draw, draw_on, synthesize};

fn csv(letters: &Letters) -> Vec<u8> {
    let mut bytes = Vec::new();
    letters.write_csv(&mut bytes).unwrap();
    bytes
}

/// FNV-1a, 64 bits.
fn checksum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[test]
fn the_small_set_never_changes() {
    let (training, validation) = synthesize(Size::Small, 0);
    assert_eq!(checksum(&csv(&training)), 0x5209_6077_9e49_d0f4, "training");
    assert_eq!(checksum(&csv(&validation)), 0xc79a_7fe6_7eb3_02e4, "validation");
}

#[test]
fn a_seed_is_one_set_and_another_seed_or_split_another() {
    let set = |seed, split| draw(50, seed, split).pixels;
    assert_eq!(set(3, Split::Training), set(3, Split::Training));
    assert_ne!(set(3, Split::Training), set(4, Split::Training));
    assert_ne!(set(3, Split::Training), set(3, Split::Validation));
}

#[test]
fn fewer_letters_are_the_beginning_of_more() {
    let (few, many) = (draw(7, 1, Split::Training), draw(95, 1, Split::Training));
    assert_eq!(few.labels, many.labels[..7]);
    assert_eq!(few.pixels, many.pixels[..7 * PIXELS]);
    let none = draw(0, 1, Split::Training);
    assert!(none.labels.is_empty() && none.pixels.is_empty());
}

#[test]
fn classes_are_balanced_and_in_mixed_order() {
    for size in [Size::Small, Size::Medium, Size::Large] {
        let (training, validation) = synthesize(size, 5);
        assert_eq!((training.labels.len(), validation.labels.len()), size.examples());
        for labels in [training.labels, validation.labels] {
            let n = labels.len();
            for class in 0..CLASSES as u8 {
                assert_eq!(labels.iter().filter(|&&label| label == class).count(), n / CLASSES);
            }
            // In an even shuffle of each ten, 1 % of neighbours are alike and 10 % rise by one.
            let share = |step: u8| {
                let pairs = labels.windows(2).filter(|pair| pair[0] + step == pair[1]);
                pairs.count() as f64 / n as f64
            };
            assert!(share(0) <= 0.04 && share(1) <= 0.2, "{} {}", share(0), share(1));
        }
    }
}

#[test]
fn pixels_are_0_or_1_and_about_a_fifth_is_ink() {
    let letters = draw(2000, 8, Split::Training);
    assert!(letters.pixels.iter().all(|&pixel| pixel <= 1));
    let ink = letters.pixels.iter().filter(|&&pixel| pixel == 1).count() as f64;
    let share = ink / letters.pixels.len() as f64;
    assert!((0.15..=0.25).contains(&share), "{share}");
    for image in letters.pixels.chunks_exact(PIXELS) {
        let ink = image.iter().filter(|&&pixel| pixel == 1).count();
        assert!((4..=80).contains(&ink), "{ink} pixels");
    }
}

#[test]
fn no_two_classes_look_alike_on_average() {
    let letters = draw(10_000, 9, Split::Training);
    let mut means = [[0.0; PIXELS]; CLASSES];
    for (&label, image) in letters.labels.iter().zip(letters.pixels.chunks_exact(PIXELS)) {
        for (mean, &pixel) in means[usize::from(label)].iter_mut().zip(image) {
            *mean += f64::from(pixel) / 1000.0;
        }
    }
    for one in 0..CLASSES {
        for other in 0..one {
            let pairs = means[one].iter().zip(&means[other]);
            let distance = pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt();
            assert!(distance > 0.7, "{} and {}: {distance}", one, other);
        }
    }
}

#[test]
fn csv_is_a_label_and_128_pixels_a_line() {
    let letters = draw(3, 2, Split::Validation);
    let text = String::from_utf8(csv(&letters)).unwrap();
    assert!(text.ends_with('\n') && !text.contains('\r'));
    let rows: Vec<Vec<u8>> = text
        .lines()
        .map(|line| line.split(',').map(|value| value.parse().unwrap()).collect())
        .collect();
    assert_eq!(rows.len(), 3);
    for (i, row) in rows.iter().enumerate() {
        assert_eq!(row[0], letters.labels[i]);
        assert_eq!(row[1..], letters.pixels[i * PIXELS..][..PIXELS]);
    }
}

#[test]
fn letters_on_the_large_canvas_have_the_shape_of_mnist() {
    let letters = draw_on(Size::Mnist.canvas(), 500, 0, Split::Training);
    assert_eq!((letters.canvas, letters.pixels.len()), (Canvas::MNIST, 500 * 784));
    let grey = |from| letters.pixels.iter().filter(|&&p| p >= from).count() as f64 / 500.0;
    // About 150 of 784 pixels have ink, as digits have; half of them all they can.
    assert!((140.0..170.0).contains(&grey(1)), "{}", grey(1));
    assert!((60.0..110.0).contains(&grey(4)) && grey(5) == 0.0, "{}", grey(4));
    let mut csv = Vec::new();
    letters.write_csv(&mut csv).unwrap();
    let line = String::from_utf8(csv).unwrap().lines().next().unwrap().to_owned();
    let values: Vec<f64> = line.split(',').map(|value| value.parse().unwrap()).collect();
    let black = letters.pixels[..784].iter().map(|&p| f64::from(p) / 4.0);
    assert_eq!(values[1..], black.collect::<Vec<_>>());
}
