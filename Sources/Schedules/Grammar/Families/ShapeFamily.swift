import Glibc
import Support

/// The shape families of arXiv:2603.10301, with the rounding of the authors' code.
///
/// Time is t = 0…T−1: a warmup of W steps is t/W, so the first step has multiplier 0, and progress after it is
/// s = (t − W)/(T − W), which never reaches 1. Fractions of the run are rounded down to whole steps.
public enum ShapeFamily: String, CaseIterable, Equatable, Sendable {
  /// 1 after the warmup.
  case constant = "con"

  /// C = ½(1 + cos πs).
  case cosine = "cos-std"

  /// C^exponent.
  case generalisedCosine = "cos-gen"

  /// (1 − α)C + α, a cosine that ends above zero.
  case cosineToFloor = "cos-y"

  /// b·(1 − s²)^(α/2), where b is the warmup's last value, (W − 1)/W, or 1 without a warmup.
  case squareRoot = "sqrt-decay"

  /// (1 − s)/(1 − s(1 − β)).
  case generalisedREX = "rex-gen"

  /// Lines from 1 at x0 through (x1, y1) and (x2, y2) to 0, after a warmup up to x0.
  ///
  /// x1 = x0 + Δx1·(1 − x0), x2 = x1 + Δx2·(1 − x1) and y2 = Δy2·y1.
  case twoPointLinear = "tpl"

  /// A monotone spline through the same points.
  case twoPointSpline = "tps"

  /// The same spline, ending at y_end·y2.
  case twoPointSplineToFloor = "tps-y"

  /// A spline from y_start through (Δx1, y1), (x2, y2) and the peak, ordered by position, to y_end.
  ///
  /// x2 = Δx1 + (1 − Δx1)·Δx2. The only family that may rise after its peak.
  case smoothNonMonotonic = "snm"

  /// The eight families compared in the paper; all end at zero.
  public static let published: [ShapeFamily] = allCases.filter {
    $0 != .cosineToFloor && $0 != .twoPointSplineToFloor
  }

  /// The parameters, in the order in which a search draws them.
  ///
  /// The ranges of the two-point families come from the authors' configuration; this package chose the others.
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
      // The grammar's synonym for the paper's `exponent`; both are read.
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

  var hasWarmup: Bool { parameters[0].name == "warmup" }

  var shapeParameters: ArraySlice<ShapeParameter> { parameters.dropFirst(hasWarmup ? 1 : 0) }

  /// Returns the canonical spec at a point: one number per parameter, each within its domain.
  public func spec(at coordinates: [Double]) -> ScheduleSpec {
    precondition(
      coordinates.count == parameters.count
        && zip(coordinates, parameters).allSatisfy { $1.domain.contains($0) },
      "one number per parameter, within its domain")
    guard hasWarmup else {
      return ScheduleSpec(family: Shape(family: self, values: coordinates))
    }
    let shape = Shape(family: self, values: Array(coordinates.dropFirst()))
    let warmup = coordinates[0] == 0 ? nil : Extent.fraction(coordinates[0])
    return ScheduleSpec(family: shape, warmup: warmup)
  }
}

extension ShapeFamily {
  var entry: FamilyEntry {
    let list = parameters.map { "\($0.name)=\(decimalText($0.example))" }
    let example = "\(rawValue):\(list.joined(separator: ","))"
    return FamilyEntry(
      name: rawValue, aliases: aliases, summary: "a shape family for searches", examples: [example]
    ) { parser throws(InputError) in
      var values: [Double] = []
      for parameter in shapeParameters {
        let value = try parser.number(
          parameter.name, in: parameter.domain, meaning: "a usable \(parameter.name)")
        // Turns −0 into 0.
        values.append(try parser.required(value, parameter.name, example: example) + 0)
      }
      let shape = Shape(family: self, values: values)
      let keys = shapeParameters.map(\.name)
      if hasWarmup { return try parser.finish(shape, keys: keys, hasFloor: false) }
      try parser.refuseRest(known: keys)
      return ScheduleSpec(text: parser.text, family: shape)
    }
  }

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

/// A parameter of a shape family.
public struct ShapeParameter: Equatable, Sendable {
  /// The key in the grammar.
  public let name: String

  /// The allowed values.
  public let domain: ClosedRange<Double>

  /// The range from which a search draws.
  public let searched: ClosedRange<Double>

  /// Whether values are drawn evenly on a logarithmic scale.
  public let isLogarithmic: Bool

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

  /// Returns the value at a fraction of the searched range, 0 to 1.
  public func value(at fraction: Double) -> Double {
    let (lower, upper) = (searched.lowerBound, searched.upperBound)
    guard isLogarithmic else { return lower + fraction * (upper - lower) }
    let value = exp(log(lower) + fraction * (log(upper) - log(lower)))
    // Rounding must not leave the domain.
    return min(max(value, domain.lowerBound), domain.upperBound)
  }

  /// Returns the position of a value in the searched range, 0 to 1; values outside count as the nearer end.
  public func fraction(of value: Double) -> Double {
    let (lower, upper) = (searched.lowerBound, searched.upperBound)
    let inside = min(max(value, lower), upper)
    guard isLogarithmic else { return (inside - lower) / (upper - lower) }
    return log(inside / lower) / log(upper / lower)
  }
}
