import Bound
import Schedules
import Support

extension Schedule {
  /// The schedule that a file holds: one learning rate (or multiplier) a step.
  ///
  /// CSV with a column `multiplier`, `lr` or `learning_rate` (and `step`, then checked to be complete
  /// and in order), bare numbers one a line, a JSON array, or a JSON object with such an array. The
  /// file's maximum becomes `peak`, the rest the shape.
  ///
  /// - Parameter path: the file, `-` for standard input.
  /// - Throws: `InputError` with the line at fault.
  /// - Complexity: O(size).
  public init(contentsOf path: String) throws(InputError) {
    let values = try ValueFile.read(path, kind: .learningRate)
    guard values.count <= ScheduleSpec.mostSteps else {
      throw InputError(
        path: path, problem: "it holds \(values.count) steps", hint: "give at most 1e9")
    }
    do {
      try self.init(values: values)
    } catch {
      throw InputError(
        path: path, problem: error.problem, hint: "give at least one positive learning rate")
    }
  }
}

extension GradientNorms {
  /// The gradient norms that a file holds, one a step: a column `grad_norm`, bare numbers or JSON.
  ///
  /// - Parameter path: the file, `-` for standard input.
  /// - Returns: norms for as many steps as the file has.
  /// - Throws: `InputError` with the line at fault.
  /// - Complexity: O(size).
  public static func contents(of path: String) throws(InputError) -> GradientNorms {
    let values = try ValueFile.read(path, kind: .gradientNorm)
    do {
      return try .perStep(values)
    } catch {
      throw InputError(path: path, problem: "\(error)", hint: "check the column")
    }
  }
}
