//! Rows whose partition and key are fields of theirs.

/// Makes a type a row: its table, the field that parts rows, the field that is the key.
macro_rules! row {
    ($row:ident, $table:literal, $partition:ident, $key:ident) => {
        impl store::Row for $row {
            const TABLE: &'static str = $table;
            const VERSION: u32 = 1;

            fn account(&self) -> &str {
                &self.$partition
            }

            fn key(&self) -> std::borrow::Cow<'_, str> {
                std::borrow::Cow::Borrowed(&self.$key)
            }
        }
    };
}
