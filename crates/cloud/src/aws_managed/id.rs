//! Ids in the shape of AWS's: `ANPA` and 17 characters of base32.

/// What the ids of the policies start with that AWS made since 2019, in public listings of accounts.
const PREFIX: &str = "ANPAZKAPJZG4";
/// After it: one of the upper half of the first sixteen letters, then any of the alphabet.
const FIRST: &[u8; 8] = b"IJKLMNOP";
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LETTERS_AFTER_FIRST: u32 = 8;

/// The id of the policy with this ARN: the upper bits of its FNV-1a.
pub(super) fn of(arn: &str) -> Box<str> {
    let hash = arn.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    let mut id = String::from(PREFIX);
    id.push(letter(FIRST, hash >> 61));
    for place in 1..=LETTERS_AFTER_FIRST {
        id.push(letter(ALPHABET, hash >> (61 - 5 * place)));
    }
    id.into()
}

/// The letter that the lowest bits of `bits` stand for.
fn letter<const N: usize>(alphabet: &[u8; N], bits: u64) -> char {
    let place = usize::try_from(bits % N as u64).unwrap_or_default();
    char::from(alphabet.get(place).copied().unwrap_or(b'A'))
}
