use rescind_report::html::render;

use crate::every;

#[test]
fn golden() {
    insta::assert_snapshot!(render(&every::results()).unwrap());
}
