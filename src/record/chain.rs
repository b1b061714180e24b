//! The chain: each entry's hash covers its content and the hash of the one before, so that none can be changed, left
//! out or slipped in without every later hash telling. Pure.

/// A BLAKE3 hash.
pub type Hash = [u8; 32];

/// Hash of several fields; each goes in with its length, so that no two lists of fields look alike.
pub(super) fn hash(fields: &[&[u8]]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    for field in fields {
        hasher.update(&(field.len() as u64).to_be_bytes());
        hasher.update(field);
    }
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn moving_a_byte_from_one_field_to_the_next_changes_the_hash() {
        assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
        assert_ne!(hash(&[b"ab"]), hash(&[b"ab", b""]));
        assert_eq!(hash(&[b"ab", b"c"]), hash(&[b"ab", b"c"]));
    }
}
