import ArgumentParser

extension CompletionKind {
  /// The schedules that a shell offers.
  static var schedules: CompletionKind {
    .list([
      "constant", "linear", "cosine", "cosine:min=0.1", "wsd10", "wsd20", "wsd40",
      "wsd20:decay=1-sqrt", "wsd20:decay=cosine", "wsd20:decay=exponential", "1-sqrt", "invsqrt",
      "poly:power=2", "rex:beta=0.5", "onecycle", "wsds:period=25%,cooldown=5%",
      "twostage:at=0.8,factor=0.525,cooldown=0.2", "piecewise:0=1,0.5=1,1=0",
      "cos-gen:power=0.6,warmup=5%", "rex-gen:beta=0.3,warmup=5%", "sqrt-decay:alpha=0.5,warmup=5%",
      "tps:x0=0.1,y1=0.8,delta-x1=0.4,delta-x2=0.5,delta-y2=0.35",
    ])
  }
}
