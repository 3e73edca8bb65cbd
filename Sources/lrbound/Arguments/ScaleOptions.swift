import ArgumentParser
import Bound
import Runs
import Support

/// D and G, which set the bound's units; both cancel in every ratio.
struct ScaleOptions: ParsableArguments {
  @Option(
    "Distance D to the solution, in the bound's units; 1.", "d",
    transform: Arguments.positive(example: "1"))
  var distance: Double?

  @OptionGroup var norms: GradientNormOption

  /// D.
  var usedDistance: Double { distance ?? 1 }

  /// What to say behind γ and Ω: their unit, where D and G are not given.
  var gammaUnit: String { units.gamma.map { ", in \($0)" } ?? "" }
  var omegaUnit: String { units.omega.map { ", in \($0)" } ?? "" }

  /// The same beside the axes of a chart.
  var units: (gamma: String?, omega: String?) {
    usedDistance == 1 && norms.isOne ? ("D/G", "D·G") : (nil, nil)
  }
}

/// G, a number or one a step.
struct GradientNormOption: ParsableArguments {
  /// What the option may hold.
  enum Norms: Equatable {
    case constant(Double)
    case file(String)
  }

  @Option(
    "Gradient norm G, or a CSV or JSON file with one norm a step; 1.", "g|file",
    completion: .file(),
    transform: { text in
      guard decimal(text) != nil else { return .file(text) }
      return .constant(try Arguments.positive(example: "1")(text))
    })
  var gradientNorm: Norms?

  /// Whether G is the unit.
  var isOne: Bool { gradientNorm == nil || gradientNorm == .constant(1) }

  /// G, where one number stands for all steps.
  var constant: Double? {
    switch gradientNorm {
    case nil: 1
    case .constant(let norm): norm
    case .file: nil
    }
  }

  /// G, or the norms of the file, of which there must be one a step.
  func read(steps: Int) throws -> GradientNorms {
    guard case .file(let path) = gradientNorm else { return try .constant(constant ?? 1) }
    let norms = try gradientNorms(contentsOf: path)
    guard norms.count == steps else {
      throw InputError(
        path: path,
        problem: "it holds \(norms.count) gradient norms, and the run has \(steps) steps",
        hint: "give one norm a step")
    }
    do {
      return try .perStep(norms)
    } catch {
      throw error.inside(path: path)
    }
  }
}
