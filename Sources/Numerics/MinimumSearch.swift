import Glibc

/// A point where a function of one variable was found to be least.
public struct LocatedMinimum: Sendable {
  /// The argument.
  public let argument: Double

  /// The function's value there.
  public let value: Double
}

/// The least value of a unimodal function on an interval, by Brent's method (golden section made
/// faster by parabolas).
///
/// The end points are candidates too, so a function that falls towards an end gives that end exactly.
///
/// - Parameters:
///   - interval: where to search; finite ends.
///   - tolerance: the absolute precision wanted of the argument.
///   - function: called about 20 to 60 times. Where it has several minima, one of them is found.
/// - Returns: the best point seen.
/// - Complexity: O(log(width / tolerance)) evaluations.
public func minimum(
  in interval: ClosedRange<Double>, tolerance: Double, of function: (Double) -> Double
) -> LocatedMinimum {
  let golden = 0.381966011250105151795
  var lower = interval.lowerBound
  var upper = interval.upperBound
  var best = lower + golden * (upper - lower)
  var second = best
  var third = best
  var bestValue = function(best)
  var secondValue = bestValue
  var thirdValue = bestValue
  var step = 0.0
  var stepBeforeLast = 0.0

  for _ in 0..<200 {
    let middle = 0.5 * (lower + upper)
    let resolution = tolerance + 1e-15 * abs(best)
    if abs(best - middle) <= 2 * resolution - 0.5 * (upper - lower) { break }

    var next: Double? = nil
    if abs(stepBeforeLast) > resolution {
      // The vertex of the parabola through the three best points, if it lies inside and the steps
      // are shrinking.
      let r = (best - second) * (bestValue - thirdValue)
      let q = (best - third) * (bestValue - secondValue)
      var numerator = (best - third) * q - (best - second) * r
      var denominator = 2 * (q - r)
      if denominator > 0 { numerator = -numerator }
      denominator = abs(denominator)
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
        next = best + step
      }
    }
    if next == nil {
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

/// The whole number in a range at which a function is least: a grid over the range, then finer grids
/// around the best point, down to single steps.
///
/// Several shallow minima do no harm as long as the first grid tells them apart; `function` is called
/// once per argument.
///
/// - Parameters:
///   - range: the candidates; not empty.
///   - function: the value to be made small.
/// - Returns: the argument and its value; the smallest argument among equals.
/// - Complexity: about 33 + 16·log₈(n/32) evaluations for a range of n numbers.
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
