//! Model files: what inputs and labels mean comes back with the network.

use rankone::{Classes, Column, Dataset, Error, Model, Number, Settings, Trainer, Values};
use safetensors::tensor::{SafeTensors, serialize};
use std::fs;
use std::path::Path;

const TABLE: &str = "id,length,width,kind\n1,2,9,b\n2,-3,9,a\n3,4.5,9,b\n";

fn trained<T: Number>(folder: &Path) -> (Model<T>, Dataset<T>) {
    let table = folder.join("table.csv");
    fs::write(&table, TABLE).unwrap();
    let reader = Dataset::<T>::reader().label(Column::Last).values(Values::Standardize);
    let data = reader.ignore([Column::Name("id".into())]).read(&table).unwrap();
    let settings = Settings { hidden: 3, epochs: 2, ..Settings::default() };
    let outcome = Trainer::new(&data, settings).fit().unwrap();
    (Model::new(outcome.network, data.schema().clone()).unwrap(), data)
}

fn a_model_comes_back_whole<T: Number>() {
    let folder = tempfile::tempdir().unwrap();
    let (model, data) = trained::<T>(folder.path());
    let path = folder.path().join("model.safetensors");
    model.save(&path).unwrap();
    let loaded = Model::<T>::load(&path).unwrap();
    assert_eq!(loaded, model);
    assert_eq!(loaded.schema.classes, Classes::Names(vec!["a".into(), "b".into()]));
    // Which is all that is needed to read the next file as the first.
    let table = folder.path().join("table.csv");
    let again = Dataset::reader().like(&loaded.schema).read(&table).unwrap();
    assert_eq!((again.features(), again.labels()), (data.features(), data.labels()));
    assert_eq!(again.schema(), data.schema());
    // A network alone has no names.
    model.network.save(&path).unwrap();
    let bare = Model::<T>::load(&path).unwrap();
    assert_eq!(bare.network, model.network);
    assert_eq!((bare.schema.input_names, bare.schema.classes), (None, Classes::Numbers(2)));
}

#[test]
fn a_model_comes_back_whole_in_either_precision() {
    a_model_comes_back_whole::<f64>();
    a_model_comes_back_whole::<f32>();
}

#[test]
fn a_model_that_contradicts_itself_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (model, _) = trained::<f64>(folder.path());
    let path = folder.path().join("model.safetensors");
    model.save(&path).unwrap();
    let file = fs::read(&path).unwrap();
    let (_, header) = SafeTensors::read_metadata(&file).unwrap();
    let metadata = header.metadata().clone().unwrap();
    let written = |key: &str, value: &str| {
        let mut metadata = metadata.clone();
        metadata.insert(key.into(), value.into());
        let tensors = SafeTensors::deserialize(&file).unwrap().tensors();
        fs::write(&path, serialize(tensors, Some(metadata)).unwrap()).unwrap();
        Model::<f64>::load(&path)
    };
    let schema = &metadata["schema"];
    assert_eq!(written("schema", schema).unwrap(), model);
    for (from, to) in [
        (r#"["a","b"]"#, r#"["a"]"#),
        (r#"["a","b"]"#, r#"["a","b","c"]"#),
        (r#"["a","b"]"#, r#""a,b""#),
        (r#"["length","width"]"#, r#"["length"]"#),
        (r#""inputs":2"#, r#""inputs":3"#),
        ("standardize", "some"),
        ("standardize", "unit"),
        (r#""divisor":["#, r#""divisor":[1.0,"#),
        (r#""divisor""#, r#""divisors""#),
        ("{", ""),
    ] {
        assert!(schema.contains(from), "{from}: {schema}");
        let error = written("schema", &schema.replace(from, to)).unwrap_err();
        assert!(matches!(error, Error::Model { .. }), "{from} {to}: {error}");
    }
    assert!(matches!(written("format", "rankone 2"), Err(Error::Model { .. })));
    let mut schema = model.schema.clone();
    schema.classes = Classes::Numbers(3);
    assert!(matches!(Model::new(model.network, schema), Err(Error::Mismatch { .. })));
}

#[test]
fn a_validation_set_that_means_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, text: &str, values| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        Dataset::<f64>::reader().values(values).read(&path).unwrap()
    };
    let train = read("train.csv", "k,a,b\n0,1,2\n1,3,5\n", Values::Scale);
    let refused = |other: &Dataset<f64>| {
        let trainer = Trainer::new(&train, Settings::default()).validation(other);
        trainer.prepare().map(|_| ()).unwrap_err().to_string()
    };
    let swapped = read("swapped.csv", "k,b,a\n0,1,2\n1,3,5\n", Values::Scale);
    assert!(refused(&swapped).contains("found inputs b, a, expected inputs a, b"));
    let other = read("other.csv", "k,a,b\n0,1,2\n1,3,6\n", Values::Scale);
    assert!(refused(&other).contains("found another scaling"));
    let path = folder.path().join("other.csv");
    let like = Dataset::reader().like(train.schema()).read(&path).unwrap();
    assert!(Trainer::new(&train, Settings::default()).validation(&like).prepare().is_ok());
}
