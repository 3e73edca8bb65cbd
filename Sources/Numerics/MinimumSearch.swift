import Glibc

/// The minimum found for a function of one variable.
public struct LocatedMinimum: Sendable {
  /// The argument.
  public let argument: Double

  /// The function's value there.
  public let value: Double
}

/// Returns the minimum of a unimodal function on a finite interval, by Brent's method (golden section and
/// parabolas).
///
/// The argument is within the absolute tolerance. A function that falls towards an end returns that end
/// exactly; of several minima, one is found. Takes O(log(width / tolerance)) evaluations, about 20 to 60.
public func minimum(
  in interval: ClosedRange<Double>, tolerance: Double, of function: (Double) -> Double
) -> LocatedMinimum {
  let golden = 0.381966011250105151795
  var (lower, upper) = (interval.lowerBound, interval.upperBound)
  var best = lower + golden * (upper - lower)
  var bestValue = function(best)
  var (second, secondValue) = (best, bestValue)
  var (third, thirdValue) = (best, bestValue)
  var (step, stepBeforeLast) = (0.0, 0.0)
  for _ in 0..<200 {
    let middle = 0.5 * (lower + upper)
    let resolution = tolerance + 1e-15 * abs(best)
    if abs(best - middle) <= 2 * resolution - 0.5 * (upper - lower) { break }
    var isParabolic = false
    if abs(stepBeforeLast) > resolution {
      // Tries the vertex of the parabola through the three best points if it lies inside and the steps
      // shrink.
      let (numerator, denominator) = parabolaVertex(
        (best, bestValue), (second, secondValue), (third, thirdValue))
      let previous = stepBeforeLast
      stepBeforeLast = step
      if abs(numerator) < abs(0.5 * denominator * previous)
        && numerator > denominator * (lower - best) && numerator < denominator * (upper - best)
      {
        step = numerator / denominator
        let candidate = best + step
        if candidate - lower < 2 * resolution || upper - candidate < 2 * resolution {
          step = best < middle ? resolution : -resolution
        }
        isParabolic = true
      }
    }
    if !isParabolic {
      stepBeforeLast = best < middle ? upper - best : lower - best
      step = golden * stepBeforeLast
    }
    let trial = abs(step) >= resolution ? best + step : best + (step > 0 ? resolution : -resolution)
    let trialValue = function(trial)
    if trialValue <= bestValue {
      if trial < best { upper = best } else { lower = best }
      (third, thirdValue) = (second, secondValue)
      (second, secondValue) = (best, bestValue)
      (best, bestValue) = (trial, trialValue)
    } else {
      if trial < best { lower = trial } else { upper = trial }
      if trialValue <= secondValue || second == best {
        (third, thirdValue) = (second, secondValue)
        (second, secondValue) = (trial, trialValue)
      } else if trialValue <= thirdValue || third == best || third == second {
        (third, thirdValue) = (trial, trialValue)
      }
    }
  }
  for end in [interval.lowerBound, interval.upperBound] {
    let value = function(end)
    if value < bestValue { (best, bestValue) = (end, value) }
  }
  return LocatedMinimum(argument: best, value: bestValue)
}

/// The distance from the best of three points to the vertex of the parabola through them, as a fraction
/// with a non-negative denominator.
private func parabolaVertex(
  _ best: (Double, Double), _ second: (Double, Double), _ third: (Double, Double)
) -> (numerator: Double, denominator: Double) {
  let r = (best.0 - second.0) * (best.1 - third.1)
  let q = (best.0 - third.0) * (best.1 - second.1)
  let numerator = (best.0 - third.0) * q - (best.0 - second.0) * r
  let denominator = 2 * (q - r)
  return (denominator > 0 ? -numerator : numerator, abs(denominator))
}

/// Returns the whole number in a range that minimises a function, the smallest of equals, by successively
/// finer grids.
///
/// Finds the global minimum if the first grid separates the local ones. Evaluates each argument once: about
/// 33 + 16·log₈(n/32) evaluations for n numbers.
public func minimum(
  in range: ClosedRange<Int>, of function: (Int) -> Double
) -> (argument: Int, value: Double) {
  var known: [Int: Double] = [:]
  func value(_ argument: Int) -> Double {
    if let value = known[argument] { return value }
    let value = function(argument)
    known[argument] = value
    return value
  }
  func best(_ candidates: [Int]) -> Int {
    var winner = candidates[0]
    for candidate in candidates where value(candidate) < value(winner) { winner = candidate }
    return winner
  }

  var lower = range.lowerBound
  var upper = range.upperBound
  var cells = 32
  while true {
    let width = upper - lower
    if width <= cells {
      let winner = best(Array(lower...upper))
      return (winner, value(winner))
    }
    let grid = (0...cells).map { index in
      lower + Int((Double(width) * Double(index) / Double(cells)).rounded())
    }
    let winner = best(grid)
    let spacing = width / cells + 1
    lower = max(range.lowerBound, winner - spacing)
    upper = min(range.upperBound, winner + spacing)
    cells = 16
  }
}
