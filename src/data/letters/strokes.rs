//! The ten letters as a pen writes them: data only.
//!
//! A [`Form`] is one way to write a letter, a list of strokes without lifting the pen. A stroke is
//! a control polygon in hundredths, x to the right, y **downward**: 0 is the top of a small letter,
//! 100 the line it stands on, ascenders begin near -80 and descenders end near 190. The pen starts
//! at the first point, ends at the last and bends towards those between (a quadratic B-spline, so
//! it passes through the middle of every inner side); a point given twice is a corner that the pen
//! touches.

/// One point of a control polygon: x and y in hundredths.
pub(super) type ControlPoint = (i16, i16);

/// One way to write a letter: its strokes.
pub(super) type Form = &'static [&'static [ControlPoint]];

/// Letters in the order of their labels, each with the forms in which people write it.
#[rustfmt::skip]
pub(super) const ALPHABET: [(char, &[Form]); 10] = [
    ('a', &[
        // A bowl, then the stem down its right side with a small tail.
        &[&[(70, 22), (60, 0), (0, 0), (0, 105), (45, 105), (70, 60), (74, 0), (74, 0), (72, 110), (108, 92)]],
        // The same with a straight stem.
        &[&[(72, 22), (60, 2), (0, 0), (0, 100), (60, 105), (75, 55)], &[(76, -2), (78, 60), (84, 112)]],
        // The printed one: a roof over a bowl.
        &[&[(5, 20), (15, 0), (75, -5), (75, 40), (75, 100)], &[(75, 45), (0, 40), (0, 105), (60, 105), (75, 70)]],
    ]),
    ('e', &[
        // A bar, then round from its right end.
        &[&[(2, 52), (80, 52), (80, 52), (85, 0), (0, -10), (0, 105), (55, 108), (85, 85)]],
        // A slanted loop that runs on.
        &[&[(0, 70), (45, 65), (75, 25), (55, -10), (15, 0), (5, 105), (55, 108), (90, 80)]],
        // The taller script loop.
        &[&[(0, 80), (35, 60), (65, -5), (40, -30), (10, 10), (10, 105), (45, 108), (80, 85)]],
    ]),
    ('g', &[
        // A bowl, a stem and an open hook.
        &[&[(72, 20), (60, 0), (0, -5), (0, 90), (50, 90), (75, 50), (75, 5), (75, 5), (75, 185), (10, 190), (0, 150)]],
        // The hook closes to a loop and runs on.
        &[&[(70, 15), (50, -5), (0, 0), (0, 85), (50, 90), (72, 0), (72, 0), (75, 190), (5, 200), (5, 130), (100, 95)]],
        // The bowl is a ring and the stem ends in a flat foot.
        &[&[(75, 40), (70, 0), (5, 0), (0, 80), (70, 85), (75, 40)], &[(75, 5), (78, 100), (75, 170), (75, 170), (0, 175)]],
    ]),
    ('i', &[
        // A stem and a dot.
        &[&[(50, 0), (50, 100)], &[(52, -62), (54, -57)]],
        // With a tail.
        &[&[(42, 0), (42, 105), (72, 100)], &[(45, -62), (48, -57)]],
        // With a way in and a tail.
        &[&[(8, 42), (45, 0), (45, 0), (42, 112), (85, 85)], &[(52, -66), (55, -61)]],
    ]),
    ('l', &[
        // A stem.
        &[&[(50, -80), (50, 100)]],
        // With a tail.
        &[&[(35, -80), (35, 50), (35, 105), (85, 95)]],
        // The script loop.
        &[&[(-5, 75), (50, 50), (90, -60), (60, -115), (15, -80), (15, 110), (50, 118), (88, 80)]],
    ]),
    ('n', &[
        // A stem, back up, an arch.
        &[&[(5, 0), (8, 100), (8, 100), (8, 30), (40, -10), (78, -5), (75, 50), (75, 100)]],
        // A sharp one that ends in a tail.
        &[&[(0, 0), (5, 100), (5, 100), (30, -8), (75, -8), (72, 110), (105, 88)]],
        // With a way in over a first hump.
        &[&[(-5, 35), (12, -5), (22, 10), (22, 100), (22, 100), (25, 40), (60, -25), (90, 0), (88, 100)]],
    ]),
    ('o', &[
        // A ring.
        &[&[(40, 0), (0, 0), (0, 100), (80, 100), (80, 0), (40, 0)]],
        // A ring with a knot that runs on to the next letter.
        &[&[(45, 0), (0, 0), (0, 105), (75, 105), (75, 0), (40, 0), (50, 25), (95, 10)]],
        // A narrow one, begun at its side.
        &[&[(65, 20), (50, -10), (0, 0), (0, 110), (65, 110), (70, 50), (60, 15)]],
    ]),
    ('r', &[
        // A stem, back up, an arm.
        &[&[(10, 0), (10, 100), (10, 100), (10, 35), (30, -5), (75, 5)]],
        // With a way in.
        &[&[(-15, 45), (10, 0), (10, 0), (12, 100), (12, 100), (12, 35), (45, -8), (82, 2)]],
        // An arm that droops.
        &[&[(5, 5), (12, 100), (12, 100), (15, 20), (50, -15), (78, -5), (80, 25)]],
    ]),
    ('t', &[
        // A cross.
        &[&[(45, -60), (45, 100)], &[(0, 0), (90, 0)]],
        // With a tail.
        &[&[(40, -60), (40, 60), (40, 108), (85, 90)], &[(0, -5), (80, -10)]],
        // The bar sits on top.
        &[&[(45, -25), (45, 100)], &[(0, -8), (92, -10)]],
    ]),
    ('u', &[
        // A cup.
        &[&[(0, 0), (0, 105), (75, 105), (78, 0)]],
        // A cup, then a stem with a tail.
        &[&[(0, 0), (0, 110), (60, 110), (80, 55), (80, 0), (80, 0), (80, 110), (108, 90)]],
        // With a way in.
        &[&[(-8, 28), (15, 0), (15, 0), (10, 110), (65, 110), (90, 40), (90, 0), (90, 0), (92, 105)]],
    ]),
];
