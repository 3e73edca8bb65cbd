import Runs
import Support
import Transfer

/// The calibration of a sweep, and what to say of its scope.
struct SweepCalibration {
  let calibration: Calibration

  /// Calibrates; a sweep that cannot be calibrated with is a fault of the file.
  init(of cells: [TunedCell], path: String) throws {
    do {
      calibration = try Calibration(of: cells)
    } catch let error as CalibrationError {
      throw InputError(path: path, problem: error.problem, hint: error.hint)
    }
  }

  /// What the sweep could not say.
  var diagnostics: [Diagnostic] {
    switch calibration.scope {
    case .full: return []
    case .horizon:
      return [
        Diagnostic(
          code: "one-shape",
          message:
            "the sweep has one shape: the horizon exponent alone is fitted, shapes follow the bound"
        )
      ]
    case .shape:
      return [
        Diagnostic(
          code: "one-horizon",
          message:
            "the sweep has one horizon: it shows no horizon exponent, and that of the default, 1/3, is used"
        )
      ]
    }
  }
}
