import ArgumentParser
import Bound
import Runs
import Schedules
import Support

/// D and G, which set the bound's units; both cancel in every ratio.
struct ScaleOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp("Distance D to the solution, in the bound's units.", valueName: "d"))
  var distance = "1"

  @OptionGroup var norms: GradientNormOption

  /// What to say behind γ and Ω: their unit, where D and G are not given.
  var gammaUnit: String { axisUnits.gamma.map { ", in \($0)" } ?? "" }
  var omegaUnit: String { axisUnits.omega.map { ", in \($0)" } ?? "" }

  /// The same beside the axes of a chart.
  var axisUnits: (gamma: String?, omega: String?) {
    distance == "1" && norms.gradientNorm == "1" ? ("D/G", "D·G") : (nil, nil)
  }

  /// D.
  func parsedDistance() throws -> Double {
    try Arguments.positive(distance, "--distance", example: "1")
  }

  /// G, or the norms of the file, of which there must be one a step where T is given.
  func parsedNorms(of steps: Int? = nil) throws -> GradientNorms {
    try norms.parsedNorms(of: steps)
  }
}

/// G, a number or one a step.
struct GradientNormOption: ParsableArguments {
  @Option(
    name: .long, parsing: .unconditional,
    help: ArgumentHelp(
      "Gradient norm G, or a CSV or JSON file with one norm a step.", valueName: "g|file"),
    completion: .file())
  var gradientNorm = "1"

  /// Whether one number stands for all steps.
  var isConstant: Bool { decimal(gradientNorm) != nil }

  /// G, or the norms of the file, of which there must be one a step where T is given.
  func parsedNorms(of steps: Int? = nil) throws -> GradientNorms {
    if isConstant {
      return try .constant(Arguments.positive(gradientNorm, "--gradient-norm", example: "1"))
    }
    let norms = try GradientNorms.contents(of: gradientNorm)
    if let steps, let count = norms.steps, count != steps {
      throw InputError(
        path: gradientNorm,
        problem: "it holds \(count) gradient norms, and the run has \(steps) steps",
        hint: "give one norm a step")
    }
    return norms
  }
}
