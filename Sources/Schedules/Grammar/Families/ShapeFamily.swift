import Glibc
import Support

/// The families of shapes that a search over schedules draws from (2603.10301), with the rounding of
/// the authors' public code.
///
/// Time is t = 0…T−1 there: a warmup of W steps is t/W, so that the first step does not move; progress
/// after it is s = (t − W)/(T − W), which never reaches 1. Fractions of the run are cut off, not rounded, to
/// whole steps.
public enum ShapeFamily: String, CaseIterable, Equatable, Sendable {
  /// 1 after the warmup.
  case constant = "con"

  /// C = ½(1 + cos πs).
  case cosine = "cos-std"

  /// C^exponent.
  case generalisedCosine = "cos-gen"

  /// (1 − α)C + α: a cosine that does not end on zero.
  case cosineToFloor = "cos-y"

  /// b·(1 − s²)^(α/2), where b = (W − 1)/W is the warmup's last value, 1 without a warmup.
  case squareRoot = "sqrt-decay"

  /// (1 − s)/(1 − s(1 − β)).
  case generalisedREX = "rex-gen"

  /// Straight lines from 1 at x0 through (x1, y1) and (x2, y2) to 0, where x1 = x0 + Δx1·(1 − x0),
  /// x2 = x1 + Δx2·(1 − x1) and y2 = Δy2·y1; a warmup up to x0.
  case twoPointLinear = "tpl"

  /// A monotone spline through the same points.
  case twoPointSpline = "tps"

  /// The same, ending on y_end·y2 instead of 0.
  case twoPointSplineToFloor = "tps-y"

  /// A spline from y_start through (Δx1, y1), (x2, y2) and the peak to y_end, the points in the order
  /// of their positions, x2 = Δx1 + (1 − Δx1)·Δx2; the one family that need not fall after its peak.
  case smoothNonMonotonic = "snm"

  /// The eight families of the paper's comparison, without the two that do not end on zero.
  public static let published: [ShapeFamily] = allCases.filter {
    $0 != .cosineToFloor && $0 != .twoPointSplineToFloor
  }

  /// The parameters, in the order in which a search draws them.
  ///
  /// The ranges of the two-point families are those of the authors' configuration; the others are this
  /// project's own.
  public var parameters: [ShapeParameter] {
    let warmup = ShapeParameter("warmup", 0...1, drawnFrom: 0.01...0.25, example: 0.05)
    let twoPoint = [
      ShapeParameter("x0", 0...1, drawnFrom: 0.01...0.25, example: 0.1),
      ShapeParameter("y1", 0...1, drawnFrom: 0.1...1, example: 0.8),
      ShapeParameter("delta-x1", 0...1, drawnFrom: 0...1, example: 0.4),
      ShapeParameter("delta-x2", 0...1, drawnFrom: 0...1, example: 0.5),
      ShapeParameter("delta-y2", 0...1, drawnFrom: 0...1, example: 0.35),
    ]
    switch self {
    case .constant, .cosine: return [warmup]
    case .generalisedCosine:
      // The grammar's word for the paper's exponent, which it reads as well.
      let power = ShapeParameter(
        "power", 1e-3...1e3, drawnFrom: 0.1...10, isLogarithmic: true, example: 0.6)
      return [warmup, power]
    case .cosineToFloor:
      return [warmup, ShapeParameter("alpha", 0...1, drawnFrom: 0...1, example: 0.1)]
    case .squareRoot:
      return [warmup, ShapeParameter("alpha", 0...1, drawnFrom: 0...1, example: 0.5)]
    case .generalisedREX:
      let beta = ShapeParameter(
        "beta", 1e-6...1e6, drawnFrom: 0.01...100, isLogarithmic: true, example: 0.3)
      return [warmup, beta]
    case .twoPointLinear, .twoPointSpline: return twoPoint
    case .twoPointSplineToFloor:
      return twoPoint + [ShapeParameter("y-end", 0...1, drawnFrom: 0...1, example: 0.2)]
    case .smoothNonMonotonic:
      return [
        ShapeParameter("y-start", 0...1, drawnFrom: 0...1, example: 0.15),
        ShapeParameter("y-end", 0...1, drawnFrom: 0...1, example: 0.05),
        ShapeParameter("x-peak", 0...1, drawnFrom: 0.001...0.999, example: 0.31),
        ShapeParameter("y1", 0...1, drawnFrom: 0...1, example: 0.6),
        ShapeParameter("delta-x1", 0...1, drawnFrom: 0.001...0.999, example: 0.12),
        ShapeParameter("y2", 0...1, drawnFrom: 0...1, example: 0.45),
        ShapeParameter("delta-x2", 0...1, drawnFrom: 0.001...0.999, example: 0.55),
      ]
    }
  }

  /// Whether the first parameter is the length of a warmup.
  var hasWarmup: Bool { parameters[0].name == "warmup" }

  /// The parameters without the warmup.
  var shapeParameters: ArraySlice<ShapeParameter> { parameters.dropFirst(hasWarmup ? 1 : 0) }

  /// The schedule at a point of the family.
  ///
  /// - Parameter coordinates: one number a parameter, each within its domain; the warmup as a fraction
  ///   of the run.
  /// - Returns: the spec, in canonical form.
  /// - Complexity: O(1).
  public func spec(at coordinates: [Double]) -> ScheduleSpec {
    precondition(
      coordinates.count == parameters.count
        && zip(coordinates, parameters).allSatisfy { $1.domain.contains($0) },
      "one number a parameter, within its domain")
    guard hasWarmup else {
      return ScheduleSpec(family: Shape(family: self, values: coordinates))
    }
    let shape = Shape(family: self, values: Array(coordinates.dropFirst()))
    let warmup = coordinates[0] == 0 ? nil : Extent.fraction(coordinates[0])
    return ScheduleSpec(family: shape, warmup: warmup)
  }
}

extension ShapeFamily {
  /// What the grammar knows of the family, whose parameters must all be given but for the warmup.
  var entry: FamilyEntry {
    let list = parameters.map { "\($0.name)=\(decimalText($0.example))" }
    let example = "\(rawValue):\(list.joined(separator: ","))"
    return FamilyEntry(
      name: rawValue, aliases: aliases, summary: "a shape of a search", examples: [example]
    ) { parser throws(InputError) in
      var values: [Double] = []
      for parameter in shapeParameters {
        let value = try parser.number(
          parameter.name, in: parameter.domain, meaning: "a usable \(parameter.name)")
        // −0 is accepted, and is zero.
        values.append(try parser.required(value, parameter.name, example: example) + 0)
      }
      let shape = Shape(family: self, values: values)
      let keys = shapeParameters.map(\.name)
      if hasWarmup { return try parser.finish(shape, keys: keys, hasFloor: false) }
      try parser.refuseRest(known: keys)
      return ScheduleSpec(text: parser.text, family: shape)
    }
  }

  /// What people also call it; the paper's own name among them.
  private var aliases: [String] {
    switch self {
    case .generalisedCosine: ["generalized-cosine", "generalised-cosine"]
    case .squareRoot: ["squareroot-decay"]
    case .generalisedREX: ["generalized-rex", "generalised-rex"]
    case .twoPointLinear: ["twopoint-linear", "two-point-linear"]
    case .twoPointSpline: ["twopoint-spline", "two-point-spline"]
    case .smoothNonMonotonic: ["smooth-nonmonotonic", "smooth-non-monotonic"]
    case .constant, .cosine, .cosineToFloor, .twoPointSplineToFloor: []
    }
  }
}

/// A parameter of a family of shapes.
public struct ShapeParameter: Equatable, Sendable {
  /// Its key in the grammar.
  public let name: String

  /// The numbers that it may be.
  public let domain: ClosedRange<Double>

  /// The range that a search draws it from.
  public let searched: ClosedRange<Double>

  /// Whether it is drawn evenly in its logarithm.
  public let isLogarithmic: Bool

  /// A number for examples.
  let example: Double

  init(
    _ name: String, _ domain: ClosedRange<Double>, drawnFrom searched: ClosedRange<Double>,
    isLogarithmic: Bool = false, example: Double
  ) {
    self.name = name
    self.domain = domain
    self.searched = searched
    self.isLogarithmic = isLogarithmic
    self.example = example
  }

  /// The number at a fraction of the searched range.
  ///
  /// - Parameter fraction: 0 to 1.
  /// - Returns: lo + u·(hi − lo), or exp of that in the logarithms; never outside the domain.
  /// - Complexity: O(1).
  public func value(at fraction: Double) -> Double {
    let (lower, upper) = (searched.lowerBound, searched.upperBound)
    guard isLogarithmic else { return lower + fraction * (upper - lower) }
    let value = exp(log(lower) + fraction * (log(upper) - log(lower)))
    // Rounding must not leave the domain.
    return min(max(value, domain.lowerBound), domain.upperBound)
  }

  /// The fraction of the searched range at which a number lies, 0 to 1.
  ///
  /// - Parameter value: a number; one outside the range counts as its nearer end.
  /// - Returns: u, the inverse of ``value(at:)``.
  /// - Complexity: O(1).
  public func fraction(of value: Double) -> Double {
    let (lower, upper) = (searched.lowerBound, searched.upperBound)
    let inside = min(max(value, lower), upper)
    guard isLogarithmic else { return (inside - lower) / (upper - lower) }
    return log(inside / lower) / log(upper / lower)
  }
}
