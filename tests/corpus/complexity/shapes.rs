struct Bed {
    size: usize,
}

impl Bed {
    fn rows(&self, wide: bool) -> usize {
        if wide && self.size > 2 {
            self.size / 2
        } else if wide || self.size == 1 {
            1
        } else {
            0
        }
    }
}

fn read<T>(path: &str, fallback: T) -> Result<T, String>
where
    T: Clone,
{
    let Some(first) = path.chars().next() else {
        return Err("empty".to_string());
    };
    let text = std::fs::read(path).map_err(|_| first.to_string())?;
    let again = || text.len();
    while again() > 100 {
        break;
    }
    Ok(fallback)
}

fn choose(kind: u8) -> &'static str {
    match kind {
        0 => "none",
        1 | 2 => "few",
        n if n > 9 => "many",
        _ => "some",
    }
}
