//! Data files: every accepted form, and every fault told by file, line and column.

use ndarray::Array2;
use proptest::prelude::*;
use rankone::{Classes, Column, Dataset, Delimiter, Error, Header, Number, Reader, Schema, Values};
use std::fs;
use std::path::Path;

/// Reads `bytes` as a file `data.csv`.
fn read_by<T: Number>(reader: &Reader<T>, bytes: impl AsRef<[u8]>) -> Result<Dataset<T>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    fs::write(&path, bytes).unwrap();
    reader.read(path)
}

/// The same, with labels in `0..10`.
fn read<T: Number>(bytes: impl AsRef<[u8]>) -> Result<Dataset<T>, Error> {
    read_by(&digits(), bytes)
}

/// Of files whose labels are in `0..10`.
fn digits<T: Number>() -> Reader<T> {
    Dataset::reader().classes(10)
}

/// Asserts that the file's fault is told at this line and column, with these words in it.
#[track_caller]
fn fault(bytes: impl AsRef<[u8]>, line: u64, column: impl Into<Option<usize>>, words: &[&str]) {
    told(read::<f64>(bytes), line, column, words);
}

/// The same, of a file that was read.
#[track_caller]
fn told<T: Number>(
    read: Result<Dataset<T>, Error>,
    line: impl Into<Option<u64>>,
    column: impl Into<Option<usize>>,
    words: &[&str],
) {
    let error = read.unwrap_err();
    let text = error.to_string();
    let Error::Data(fault) = error else { panic!("no fault of the data: {text}") };
    assert_eq!((fault.line, fault.column), (line.into(), column.into()), "{text}");
    assert!(text.contains("data.csv") && text.contains("expected"), "{text}");
    words.iter().for_each(|word| assert!(text.contains(word), "{word}: {text}"));
}

#[test]
fn every_accepted_form_reads_the_same() {
    let expected = read::<f64>("3,0,1,0\n0,1,1,1\n").unwrap();
    assert_eq!((expected.examples(), expected.inputs()), (2, 3));
    assert_eq!(expected.labels(), [3, 0]);
    for form in [
        "3,0,1,0\n0,1,1,1",
        "3,0,1,0\r\n0,1,1,1\r\n",
        "\u{feff}3,0,1,0\n0,1,1,1\n",
        "3,0,1,0\n0,1,1,1\n\n\r\n  \n",
        "3,0.0,1e0,-0\n0,1.,+1,.1e1\n",
        " 3 , 0 ,1, 0\n\"0\",\"1\",1,1\n",
        "03,0,1,0\n0,1,1,1\n",
        "\u{feff}3,0,1,0\r\n0,1,1,1",
    ] {
        assert_eq!(read::<f64>(form).unwrap(), expected, "{form:?}");
        assert!(read::<f32>(form).is_ok(), "{form:?}");
    }
    let one = read::<f32>("9,0.25\n").unwrap();
    assert_eq!((one.inputs(), one.labels(), one.features()[[0, 0]]), (1, [9].as_slice(), 0.25));
}

#[test]
fn faults_of_a_value() {
    for bad in ["x", "nan", "NaN", "inf", "-inf", "1.5", "-0.1", "1e3", "0x1", "1 1", ""] {
        fault(format!("3,0,{bad},0\n"), 1, 3, &["a number from 0 to 1", bad]);
        fault(format!("3,0,1,0\n0,1,1,{bad}\n"), 2, 4, &["a number from 0 to 1"]);
        let late = "3,0,1,0\n".repeat(1000) + &format!("1,{bad},1,1\n3,0,1,0\n");
        fault(late, 1001, 2, &["a number from 0 to 1"]);
    }
    fault("3,0,2\n", 1, 3, &["\"2\""]);
    fault("3,0,1\r\n3,0,7\r\n", 2, 3, &["\"7\""]);
}

#[test]
fn faults_of_a_label() {
    for bad in ["10", "-1", "1.0", "a", "", "99999999999999999999"] {
        fault(format!("3,0,1\n{bad},1,1\n"), 2, 1, &["integer from 0 to 9", bad]);
    }
    fault("e,0,1\n", 1, 1, &["\"e\"", "integer"]);
}

#[test]
fn faults_of_a_line() {
    fault("3,0,1\n3,0\n", 2, None, &["2 columns", "3 (a label and 2 values)"]);
    fault("3,0,1\n3,0,1,1\n", 2, None, &["4 columns"]);
    fault("3,0,1\n3,0,1,\n", 2, None, &["4 columns"]);
    fault("3\n", 1, None, &["1 column,", "at least 2"]);
    fault("3,0,1\n\n3,0,1\n", 2, None, &["blank line"]);
    fault("3,0,1\n3,\"0,1\n", 2, 2, &["an open quote"]);
    // Carriage returns alone end no line: all is one, and its third field holds one.
    fault("3,0,1\r3,0,1\r", 1, 3, &["carriage return", "3,0,1"]);
    let three = read::<f64>("3,0,1,0\n").unwrap();
    let reader = Dataset::reader().like(three.schema());
    told(read_by::<f64>(&reader, "3,0,1\n"), 1, None, &["3 columns", "4 (a label and 3 values)"]);
}

#[test]
fn what_is_almost_csv_is_refused() {
    for (line, column, found) in [
        ("3,\"0\"1,0", 2, "text after a closing quote, \"1,0\""),
        ("\"3\" ,0,1", 1, "text after a closing quote"),
        ("3,0,1\"0\"", 3, "a quote inside a field"),
        ("3, \"0\",1", 2, "a quote inside a field"),
        ("3,0,\"1\"\"\"x", 3, "text after a closing quote"),
        ("3,0\r,1", 2, "a carriage return within the line"),
        ("3,0,1\r\r", 3, "a carriage return within the line"),
        ("3,\"0\r\",1", 2, "a carriage return within the line"),
    ] {
        fault(format!("{line}\n"), 1, column, &[found]);
        fault(format!("3,0,1\n{line}\r\n"), 2, column, &[found]);
    }
    // A quote doubled within quotes is one, and no fault of the line but of its value.
    fault("3,\"0\"\"\",1\n", 1, 2, &["a number from 0 to 1"]);
    fault("3,\"0,1\",1\n", 1, 2, &["\"0,1\"", "a number from 0 to 1"]);
    fault("3,\u{1b}[31m,1\n", 1, 2, &["\\x1b[31m"]);
}

#[test]
fn an_open_quote_is_a_fault_of_its_field() {
    for end in ["", "\n", "\r\n", "\n0,1\n"] {
        fault(format!("0,\"1{end}"), 1, 2, &["an open quote before \"1", "a quote that closes it"]);
    }
    fault("0,1\n0,\"\n0,1\n", 2, 2, &["an open quote before \"\""]);
    fault("0,1\n0,\"1\"\"\n", 2, 2, &["an open quote"]);
    fault("0,1,0\n\"0,1,0\n", 2, 1, &["an open quote before \"0,1,0"]);
}

#[test]
fn one_byte_order_mark_and_no_more() {
    let mark = "\u{feff}";
    fault(format!("{mark}{mark}3,0,1\n"), 1, 1, &["an integer from 0 to 9", r"\xef\xbb\xbf3"]);
    fault(format!("{mark}3,0,1\n{mark}3,0,1\n"), 2, 1, &["an integer", r"\xef\xbb\xbf3"]);
    fault(format!("3,0,1\n3,0,0.5\n{mark}3,0,1\n"), 3, 1, &["an integer"]);
    fault(format!("3,{mark}0,1\n"), 1, 2, &["a number from 0 to 1"]);
}

/// Reads what a pipe carries, written in pieces.
#[cfg(unix)]
#[test]
fn a_pipe_is_read_like_a_file() {
    use std::io::Write;
    let text = "3,0,1,0.5\n".repeat(1000) + "0,1,1,1\n\n";
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let through_pipe = std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut pipe = fs::OpenOptions::new().write(true).open(&pipe).unwrap();
            text.as_bytes().chunks(777).for_each(|piece| pipe.write_all(piece).unwrap());
        });
        digits::<f64>().read(&pipe).unwrap()
    });
    assert_eq!(through_pipe, read(&text).unwrap());
}

#[test]
fn a_watcher_sees_every_byte_once() {
    let text = "3,0,1,0.5\n".repeat(100_000) + "0,1,1,1\n\n \n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    fs::write(&path, &text).unwrap();
    let mut seen = Vec::new();
    for limit in [usize::MAX, 1000] {
        seen.clear();
        let reader = digits::<f32>().limit(limit);
        let data = reader.read_tapped(&path, |bytes| seen.extend_from_slice(bytes)).unwrap();
        assert_eq!(data.examples(), limit.min(100_001));
        assert!(seen == text.as_bytes());
    }
}

#[test]
fn a_header_row_is_recognised() {
    for header in ["label,p0,p1\n", "label,0,2\n", "y,a,b\n", "0,1,2\n", "\u{feff}\"y\",a,\r\n"] {
        let data = read::<f64>(format!("{header}3,0,1\n4,1,1\n")).unwrap();
        assert_eq!(data.labels(), [3, 4], "{header}");
        assert!(data.schema().input_names.is_some() && data.schema().label_name.is_some());
        // And where there is to be none, its fields are no numbers of the right kind, or one
        // example more.
        let without = read_by(&digits::<f64>().header(Header::No), format!("{header}3,0,1\n"));
        assert!(without.is_err());
    }
    // One that looks like data, and data that looks like one.
    let asked = digits::<f64>().header(Header::Yes);
    assert_eq!(read_by(&asked, "3,1,1\n4,1,1\n").unwrap().labels(), [4]);
    let names = Dataset::<f64>::reader().header(Header::No).label(Column::Last);
    told(read_by(&names, "a,b\nc,d\n"), 1, 1, &["\"a\"", "a number from 0 to 1"]);
    for text in ["y,a\n", "y,a\n\n"] {
        told(read::<f64>(text), None, None, &["no example, but a header"]);
    }
}

#[test]
fn columns_are_found_by_number_and_name() {
    let text = "id,width,kind,height\n7,0.5,b,1\n8,0.25,a,0\n";
    let reader = || Dataset::<f64>::reader().ignore(["id".parse().unwrap()]);
    let column = |text: &str| text.parse::<Column>().unwrap();
    let data = read_by(&reader().label(column("kind")), text).unwrap();
    assert_eq!(data.features(), ndarray::array![[0.5, 1.0], [0.25, 0.0]]);
    assert_eq!(data.labels(), [1, 0]);
    let Schema { input_names, label_name, classes, .. } = data.schema();
    assert_eq!(input_names.as_deref().unwrap(), ["width", "height"]);
    assert_eq!((label_name.as_deref(), classes.len()), (Some("kind"), 2));
    assert_eq!(read_by(&reader().label(column("3")), text).unwrap(), data);
    let last = "id,width,height,kind\n7,0.5,1,b\n8,0.25,0,a\n";
    assert_eq!(read_by(&reader().label(column("last")), last).unwrap(), data);
    // Where both have names, inputs and label are found by theirs, whatever stands between.
    let like = Dataset::reader().like(data.schema());
    let other = "height,note,kind,width\n1,x,b,0.5\n0,,a,0.25\n";
    assert_eq!(read_by(&like, other).unwrap(), data);
    let nameless = Dataset::reader().like(data.schema()).label(Column::Number(2));
    assert_eq!(read_by(&nameless, "0.5,b,1\n0.25,a,0\n").unwrap(), data);
    let folder = tempfile::tempdir().unwrap();
    for text in ["width,height\n0.5,1\n0.25,0\n", "0.5,1\n0.25,0\n", other] {
        let path = folder.path().join("data.csv");
        fs::write(&path, text).unwrap();
        assert_eq!(like.read_features(&path).unwrap(), data.features(), "{text}");
    }
}

#[test]
fn every_delimiter() {
    let expected = read::<f64>("3,0,0.5\n4,1,1\n").unwrap();
    for (delimiter, text) in [
        (Delimiter::Semicolon, "3;0;0.5\n4;1;1\n"),
        (Delimiter::Tab, "3\t0\t0.5\n4\t1\t1\n"),
        (Delimiter::Space, "3 0 0.5\n4 1 1\n"),
        (Delimiter::Space, "  3  0   0.5 \n 4 \"1\" 1\n"),
    ] {
        let reader = digits().delimiter(delimiter);
        assert_eq!(read_by(&reader, text).unwrap(), expected, "{text}");
    }
    // A delimiter within quotes is none, and commas do not matter to another one.
    let reader = Dataset::<f64>::reader();
    let data = read_by(&reader, "\"a,b\",1\nc,0\n").unwrap();
    assert_eq!(data.schema().classes, Classes::Names(vec!["a,b".into(), "c".into()]));
    told(read_by(&digits::<f64>(), "3;0;0.5\n"), 1, None, &["1 column,"]);
}

#[test]
fn classes_are_those_of_the_file() {
    let classes = |labels: &[&str]| {
        let text: String = labels.iter().map(|label| format!("{label},1\n")).collect();
        let data = read_by(&Dataset::<f64>::reader().header(Header::No), text).unwrap();
        let name = |&label: &usize| data.schema().classes.name(label).into_owned();
        let names = (0..data.classes()).map(|k| data.schema().classes.name(k).into_owned());
        (names.collect::<Vec<_>>(), data.labels().iter().map(name).collect::<Vec<_>>())
    };
    for (labels, names) in [
        (&["2", "10", "1", "2"][..], &["1", "2", "10"][..]),
        (&["1", "-1", "1"], &["-1", "1"]),
        (&["b", "a", "B", "10", "9"], &["10", "9", "B", "a", "b"]),
        (&["1", "0", "1"], &["0", "1"]),
    ] {
        let (found, of_examples) = classes(labels);
        assert_eq!((found, of_examples), (strings(names), strings(labels)));
    }
    assert_eq!(classes(&["01", "1", "2"]).0, ["1", "2"]);
    // Names are not the numbers that `with_classes` wants, however many.
    for k in [0, 2] {
        let named = read_by(&Dataset::<f64>::reader(), "b,1\na,0\n").unwrap();
        assert!(matches!(named.with_classes(k), Err(Error::Mismatch { .. })));
    }
    // What a training set has fixed holds for others.
    let train = read_by(&Dataset::<f64>::reader(), "b,1\na,0\n").unwrap();
    let like = Dataset::<f64>::reader().like(train.schema());
    assert_eq!(read_by(&like, "b,1\n").unwrap().labels(), [1]);
    told(read_by(&like, "b,1\nc,0\n"), 2, 1, &["\"c\"", "one of the labels a, b"]);
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

#[test]
fn values_are_scaled_by_those_of_the_training_set() {
    let text = "a,1,5,-2\nb,3,5,0\na,2,5,1\n";
    let by = |values| Dataset::<f64>::reader().values(values);
    told(read_by(&by(Values::Unit), text), 1, 3, &["\"5\"", "a number from 0 to 1"]);
    let any = read_by(&by(Values::Any), text).unwrap();
    assert_eq!(any.features().row(0).to_vec(), [1.0, 5.0, -2.0]);
    let scaled = read_by(&by(Values::Scale), text).unwrap();
    assert_eq!(
        scaled.features(),
        ndarray::array![[0.0, 0.0, 0.0], [1.0, 0.0, 2.0 / 3.0], [0.5, 0.0, 1.0]]
    );
    assert_eq!(scaled.schema().scaling.as_ref().unwrap().divisor, [2.0, 0.0, 3.0]);
    let other = read_by(&Dataset::<f64>::reader().like(scaled.schema()), "b,5,9,-5\n").unwrap();
    assert_eq!(other.features(), ndarray::array![[2.0, 0.0, -1.0]]);
    let standardized = read_by(&by(Values::Standardize), text).unwrap();
    let deviation = (2.0f64 / 3.0).sqrt();
    assert_eq!(
        standardized.features().column(0).to_vec(),
        [-1.0 / deviation, 1.0 / deviation, 0.0]
    );
    assert_eq!(standardized.features().column(1).to_vec(), [0.0; 3]);
    // A range that is not finite, and a value that leaves it.
    let error = read_by(&by(Values::Scale), "a,-1e308\nb,1e308\n").unwrap_err();
    assert!(matches!(error, Error::Mismatch { .. }), "{error}");
    let tiny = read_by(&by(Values::Scale), "a,0\nb,1e-300\n").unwrap();
    let like = Dataset::<f64>::reader().like(tiny.schema());
    told(read_by(&like, "a,0\nb,1e300\n"), 2, 2, &["\"1e300\"", "finite when it is scaled"]);
}

#[test]
fn a_value_that_rounding_moves_into_the_range_is_refused() {
    for bad in ["1.00000001", "-1e-60"] {
        told(read::<f32>(format!("3,{bad}\n")), 1, 2, &[bad, "a number from 0 to 1"]);
    }
    let any = Dataset::<f32>::reader().values(Values::Any).classes(10);
    told(read_by(&any, "3,1e39\n"), 1, 2, &["1e39", "the precision's range"]);
}

#[test]
fn a_part_is_put_apart_for_validation() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    let text: String = (0..10).map(|i| format!("{},{i}\n", i % 2)).collect();
    fs::write(&path, text).unwrap();
    let reader = Dataset::<f64>::reader().values(Values::Any);
    let column = |data: &Dataset<f64>| data.features().column(0).to_vec();
    let split =
        |share, seed| reader.read_split(&path, share, seed).map(|(t, v)| (column(&t), column(&v)));
    for (share, count) in [(0.2, 2), (0.24, 2), (0.25, 3), (0.05, 1), (0.94, 9)] {
        let (train, validation) = split(share, 1).unwrap();
        assert_eq!((train.len(), validation.len()), (10 - count, count), "{share}");
        assert!(train.is_sorted() && validation.is_sorted());
        let mut all = [train, validation].concat();
        all.sort_by(f64::total_cmp);
        assert_eq!(all, (0..10).map(f64::from).collect::<Vec<_>>());
    }
    assert_eq!(split(0.3, 4).unwrap(), split(0.3, 4).unwrap());
    assert_ne!(split(0.3, 4).unwrap(), split(0.3, 5).unwrap());
    for share in [0.04, 0.95, 0.0, 1.0, f64::NAN] {
        assert!(matches!(split(share, 1), Err(Error::Setting { .. })), "{share}");
    }
    // Scaled by the training part alone.
    let (train, validation) =
        reader.clone().values(Values::Scale).read_split(&path, 0.3, 4).unwrap();
    let (least, most) =
        column(&train).into_iter().fold((9.0f64, 0.0f64), |(l, m), v| (l.min(v), m.max(v)));
    assert_eq!((least, most), (0.0, 1.0));
    assert_eq!(train.schema(), validation.schema());
}

/// Every message as its reader would meet it.
#[test]
fn what_is_wrong_is_said_in_the_terms_of_the_file() {
    let any = || Dataset::<f64>::reader().values(Values::Any);
    let label = |text: &str| any().label(text.parse().unwrap());
    let iris = "length,width,species\n1,2,a\n3,4,b\n";
    let trained = read_by(&label("species"), iris).unwrap();
    let like = || Dataset::<f64>::reader().like(trained.schema());
    for (reader, text, message) in [
        (
            label("specis"),
            iris,
            "line 1: found no column \"specis\", expected one; the nearest is \"species\"",
        ),
        (label("4"), iris, "line 1: found 3 columns, expected a column 4"),
        (
            label("kind"),
            "1,2,a\n3,4,b\n",
            "line 1: found no header, expected a header with the column \"kind\"",
        ),
        (
            label("kind").header(Header::No),
            "1,2\n",
            "line 1: found no header, expected a header with the column \"kind\"",
        ),
        (
            like(),
            "length,widht,species\n1,2,a\n",
            "line 1: found no column \"width\", expected one; the nearest is \"widht\"",
        ),
        (
            like(),
            "length,width,width,species\n1,2,2,a\n",
            "line 1, column 3: found a second \"width\", expected names that tell columns apart",
        ),
        (
            like(),
            "length,width\n1,2\n",
            "line 1: found no column \"species\", expected one; the nearest is \"length\"",
        ),
        (like(), "1,2\n", "line 1: found 2 columns, expected 3 (a label and 2 values)"),
        (
            any().classes(2),
            "0,1\n1.5,1\n",
            "line 2, column 1: found \"1.5\", expected a label: an integer from 0 to 1 (the number of classes is 2)",
        ),
        (
            any(),
            "0,1\n1.5,1\n",
            "line 2, column 1: found the label \"1.5\", expected labels that are whole numbers, or names",
        ),
        (any(), "0,1\n,1\n", "line 2, column 1: found an empty field, expected a label"),
        (any(), "0,1\n1,\n", "line 2, column 2: found an empty field, expected a number"),
        (any(), "0,1\n1,NA\n", "line 2, column 2: found \"NA\", expected a number"),
        (any(), "0,1,2\n1,1\n", "line 2: found 2 columns, expected 3 (a label and 2 values)"),
        (any(), "0,\"1,5\"\n1,1\n", "line 1, column 2: found \"1,5\", expected a number"),
        (
            any(),
            "0,1\n1,\u{feff}1\n",
            "line 2, column 2: found \"\\xef\\xbb\\xbf1\", expected a number",
        ),
        (any(), "0,1\r\n1,x\r\n", "line 2, column 2: found \"x\", expected a number"),
        (any(), "", ": found no example, expected a CSV file of a label and values a line"),
        (
            any(),
            "label,x\n",
            ": found no example, but a header, expected a CSV file of a label and values a line",
        ),
        (any(), "0,1\n0,2\n", ": found no label but \"0\", expected labels of two classes or more"),
        (
            label("b\u{1b}[31m").header(Header::Yes),
            "a\u{7},b\n1,2\n",
            "line 1: found no column \"b\\u{1b}[31m\", expected one; the nearest is \"b\"",
        ),
        (label("none"), "0,1\n", "line 1: found no column of labels, expected one"),
    ] {
        let error = read_by(&reader, text).unwrap_err().to_string();
        assert!(error.ends_with(message), "{text:?}: {error}");
    }
}

#[test]
fn bytes_that_are_no_text() {
    fault(b"3,0,1\n3,\xff\xfe,1\n", 2, 2, &["UTF-8"]);
    fault(b"\xff,0,1\n", 1, 1, &["UTF-8"]);
    fault(b"3,0,\0\n", 1, 3, &["\\x00"]);
    let long = "9".repeat(1000);
    let text = read::<f64>(format!("3,{long}\n")).unwrap_err().to_string();
    assert!(text.len() < 300, "{text}");
}

#[test]
fn files_without_an_example() {
    for empty in ["", "\n\n", "\u{feff}", " \r\n"] {
        let error = read::<f64>(empty).unwrap_err().to_string();
        assert!(error.contains("data.csv: found no example"), "{error}");
    }
    let of_path = |path: &Path| digits::<f64>().read(path).unwrap_err().to_string();
    let folder = tempfile::tempdir().unwrap();
    assert!(of_path(folder.path()).contains("found a directory"));
    let missing = of_path(&folder.path().join("none.csv"));
    assert!(missing.contains("none.csv") && missing.contains("No such file"), "{missing}");
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        rows in prop::collection::vec((0usize..10, prop::collection::vec(0.0f64..=1.0, 4)), 1..30),
    ) {
        let text: String = rows
            .iter()
            .map(|(y, x)| {
                format!("{y},{}\n", x.iter().map(f64::to_string).collect::<Vec<_>>().join(","))
            })
            .collect();
        let features = Array2::from_shape_fn((rows.len(), 4), |(i, j)| rows[i].1[j]);
        let labels: Vec<usize> = rows.iter().map(|row| row.0).collect();
        let double = read::<f64>(&text).unwrap();
        prop_assert_eq!((double.features(), double.labels()), (features.view(), &labels[..]));
        let single = read::<f32>(&text).unwrap();
        prop_assert_eq!(single.features(), features.mapv(|v| v as f32));
    }

    #[test]
    fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read::<f64>(&bytes);
    }

    #[test]
    fn any_text_of_digits_gives_an_answer(text in "[0-9,.\"\r\n -]{0,80}") {
        let _ = read_by(&Dataset::<f32>::reader(), &text);
    }
}
