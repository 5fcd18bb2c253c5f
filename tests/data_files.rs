//! Data files: every accepted form, and every fault told by file, line and column.

use ndarray::Array2;
use proptest::prelude::*;
use rankone::internals::csv;
use rankone::{Dataset, Error, Number};
use std::fs;
use std::path::Path;

/// Reads `bytes` as a file `data.csv`, with labels in `0..10`.
fn read<T: Number>(bytes: impl AsRef<[u8]>, inputs: Option<usize>) -> Result<Dataset<T>, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    fs::write(&path, bytes).unwrap();
    csv::read(&path, 10, inputs)
}

/// Asserts that the file's fault is told at this line and column, with these words in it.
#[track_caller]
fn fault(bytes: impl AsRef<[u8]>, line: u64, column: impl Into<Option<usize>>, words: &[&str]) {
    let error = read::<f64>(bytes, None).unwrap_err();
    let text = error.to_string();
    let Error::Data(fault) = error else { panic!("no fault of the data: {text}") };
    assert_eq!((fault.line, fault.column), (Some(line), column.into()), "{text}");
    assert!(text.contains("data.csv") && text.contains("expected"), "{text}");
    words.iter().for_each(|word| assert!(text.contains(word), "{word}: {text}"));
}

#[test]
fn every_accepted_form_reads_the_same() {
    let expected = read::<f64>("3,0,1,0\n0,1,1,1\n", None).unwrap();
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
        assert_eq!(read::<f64>(form, None).unwrap(), expected, "{form:?}");
        assert!(read::<f32>(form, Some(3)).is_ok(), "{form:?}");
    }
    let one = read::<f32>("9,0.25\n", None).unwrap();
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
    fault("3,0,1\n3,\"0,1\n", 2, None, &["2 columns"]);
    // Carriage returns alone end no line: all is one, and its third field holds one.
    fault("3,0,1\r3,0,1\r", 1, 3, &["carriage return", "3,0,1"]);
    let error = read::<f64>("3,0,1\n", Some(3)).unwrap_err().to_string();
    assert!(error.contains("line 1") && error.contains("4 (a label and 3 values)"), "{error}");
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
    fault("0,1,0\n\"0,1,0\n", 2, None, &["1 column,"]);
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
        csv::read::<f64>(&pipe, 10, None).unwrap()
    });
    assert_eq!(through_pipe, read(&text, None).unwrap());
}

#[test]
fn a_watcher_sees_every_byte_once() {
    let text = "3,0,1,0.5\n".repeat(100_000) + "0,1,1,1\n\n \n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data.csv");
    fs::write(&path, &text).unwrap();
    let mut seen = Vec::new();
    let data = csv::read_tapped::<f32>(&path, 10, None, |bytes| seen.extend_from_slice(bytes));
    assert_eq!(data.unwrap().examples(), 100_001);
    assert!(seen == text.as_bytes());
}

#[test]
fn a_header_row_is_recognised() {
    for header in ["label,p0,p1\n", "label,0,2\n", "y,a,b\n", "0,1,2\n"] {
        fault(format!("{header}3,0,1\n"), 1, None, &["header", "tail -n +2"]);
    }
}

#[test]
fn bytes_that_are_no_text() {
    fault(b"3,0,1\n3,\xff\xfe,1\n", 2, 2, &["UTF-8"]);
    fault(b"\xff,0,1\n", 1, 1, &["UTF-8"]);
    fault(b"3,0,\0\n", 1, 3, &["\\x00"]);
    let long = "9".repeat(1000);
    let text = read::<f64>(format!("3,{long}\n"), None).unwrap_err().to_string();
    assert!(text.len() < 300, "{text}");
}

#[test]
fn files_without_an_example() {
    for empty in ["", "\n\n", "\u{feff}", " \r\n"] {
        let error = read::<f64>(empty, None).unwrap_err().to_string();
        assert!(error.contains("data.csv: found no example"), "{error}");
    }
    let of_path = |path: &Path| csv::read::<f64>(path, 10, None).unwrap_err().to_string();
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
        let expected = Dataset::new(features.view(), labels.clone(), 10).unwrap();
        prop_assert_eq!(read::<f64>(&text, None).unwrap(), expected);
        let single = Dataset::new(features.mapv(|v| v as f32).view(), labels, 10).unwrap();
        prop_assert_eq!(read::<f32>(&text, None).unwrap(), single);
    }

    #[test]
    fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read::<f64>(&bytes, None);
    }

    #[test]
    fn any_text_of_digits_gives_an_answer(text in "[0-9,.\"\r\n -]{0,80}") {
        let _ = read::<f32>(&text, None);
    }
}
