import ArgumentParser

extension CompletionKind {
  /// The schedules that a shell offers.
  static var schedules: CompletionKind {
    .list([
      "constant", "linear", "cosine", "cosine:min=0.1", "wsd10", "wsd20", "wsd40",
      "wsd20:decay=1-sqrt", "wsd20:decay=cosine", "wsd20:decay=exponential", "1-sqrt", "invsqrt",
      "poly:power=2", "rex:beta=0.5", "onecycle", "wsds:period=25%,cooldown=5%",
      "twostage:at=0.8,factor=0.525,cooldown=0.2", "piecewise:0=1,0.5=1,1=0",
    ])
  }
}
