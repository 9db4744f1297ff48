package shapes

type Bed struct {
	size int
}

func (b *Bed) Rows(wide, tall bool, names ...string) int {
	if wide && tall {
		return b.size
	} else if wide || tall {
		return 1
	}
	return 0
}

func Grow(seeds []int, done chan bool) (sum int) {
	for _, seed := range seeds {
		switch {
		case seed > 1:
			sum += seed
		default:
			sum--
		}
	}
	select {
	case <-done:
		return sum
	default:
	}
	add := func(x int) int {
		if x > 0 {
			return x
		}
		return 0
	}
	return add(sum)
}
