import Support

extension SweepFolder {
  /// The files that were not used, and the losses that judge the runs.
  public var diagnostics: [Diagnostic] {
    var diagnostics = (unread + (logs?.unused ?? [])).map { unused in
      Diagnostic(
        code: "unused-log", message: "\(shownPath(unused.path)): \(unused.reason), left out")
    }
    diagnostics += lossChoices.map { choice in
      let others = choice.others.map { printable($0) }.joined(separator: ", ")
      return Diagnostic(
        code: "several-losses",
        message:
          "\(shownPath(choice.path)): runs are judged by \(printable(choice.taken)), not by \(others)"
      )
    }
    if logs?.judge == .loss {
      diagnostics.append(
        Diagnostic(
          code: "training-loss",
          message: "the runs are judged by their last training loss, a mean over few batches"))
    }
    if sweep.unfinished > 0 {
      diagnostics.append(
        Diagnostic(
          code: "no-loss",
          message: "rows of the sweep without a loss, left out: \(sweep.unfinished)"))
    }
    return diagnostics + (logs?.diagnostics ?? [])
  }
}
