#include <vector>

namespace garden {

template <class T>
T &&pass(T &&value) noexcept
{
    return static_cast<T &&>(value);
}

class Bed {
public:
    Bed(int size) : size_(size) {}
    int rows(bool wide) const
    {
        if (wide && size_ > 2) {
            return size_ / 2;
        }
        return wide ? 1 : 0;
    }
    int size_;
};

int Grow(const std::vector<int> &seeds)
{
    int sum = 0;
    for (auto seed : seeds) {
        try {
            sum += seed;
        } catch (...) {
            return -1;
        }
    }
    auto twice = [](int x) { return x > 0 ? 2 * x : 0; };
    auto &&moved = twice(sum);
    return moved;
}

}  // namespace garden
