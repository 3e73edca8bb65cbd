/// Returns a root of a continuous function in a finite interval by Brent's method, within a tolerance.
///
/// Returns nil if the signs at the ends agree or a value is not finite. Takes O(log(width / tolerance))
/// evaluations, about 8 to 20 for a smooth function.
public func root(
  in interval: ClosedRange<Double>, tolerance: Double, of function: (Double) -> Double
) -> Double? {
  var a = interval.lowerBound
  var b = interval.upperBound
  var fa = function(a)
  var fb = function(b)
  if fa == 0 { return a }
  if fb == 0 { return b }
  guard fa.isFinite, fb.isFinite, (fa < 0) != (fb < 0) else { return nil }
  var (c, fc) = (a, fa)
  var (step, previousStep) = (b - a, b - a)

  for _ in 0..<200 {
    if (fb < 0) == (fc < 0) {
      (c, fc) = (a, fa)
      (step, previousStep) = (b - a, b - a)
    }
    if abs(fc) < abs(fb) {
      (a, fa) = (b, fb)
      (b, fb) = (c, fc)
      (c, fc) = (a, fa)
    }
    let resolution = 2 * b.ulp + 0.5 * tolerance
    let middle = 0.5 * (c - b)
    if abs(middle) <= resolution || fb == 0 { return b }

    if abs(previousStep) >= resolution, abs(fa) > abs(fb) {
      let s = fb / fa
      var p: Double
      var q: Double
      if a == c {
        p = 2 * middle * s
        q = 1 - s
      } else {
        let u = fa / fc
        let v = fb / fc
        p = s * (2 * middle * u * (u - v) - (b - a) * (v - 1))
        q = (u - 1) * (v - 1) * (s - 1)
      }
      if p > 0 { q = -q } else { p = -p }
      if 2 * p < min(3 * middle * q - abs(resolution * q), abs(previousStep * q)) {
        (previousStep, step) = (step, p / q)
      } else {
        (step, previousStep) = (middle, middle)
      }
    } else {
      (step, previousStep) = (middle, middle)
    }
    (a, fa) = (b, fb)
    b += abs(step) > resolution ? step : (middle > 0 ? resolution : -resolution)
    fb = function(b)
    guard fb.isFinite else { return nil }
  }
  return b
}
