// From a place on the picture, in fractions from its top left corner, to positions among parameters' values.
function positionsAt(pointer, across, down) {
  const [left, top, right, bottom] = pointer.axes;
  const inData = ([from, to, scale], t) => (scale === "log" ? from * (to / from) ** t : from + (to - from) * t);
  const x = inData(pointer.x, (across - left) / (right - left));
  const y = inData(pointer.y, (bottom - down) / (bottom - top));
  const positions = {};
  const nearest = (name, wanted, period) => {
    const far = (value) => {
      const d = Math.abs(value - wanted);
      return period ? Math.min(d % period, period - (d % period)) : d;
    };
    const values = pointer.values[name];
    positions[name] = values.reduce((best, value, i) => (far(value) < far(values[best]) ? i : best), 0);
  };
  if (pointer.set) {
    if (pointer.set[0]) nearest(pointer.set[0], x);
    if (pointer.set[1]) nearest(pointer.set[1], y);
  } else {
    const [dx, dy] = [x - pointer.center[0], y - pointer.center[1]];
    const angles = pointer.values[pointer.angle];
    // Values that span at most half a turn describe an axis, which is the same after half a turn.
    const period = Math.max(...angles) - Math.min(...angles) > 180 ? 360 : 180;
    nearest(pointer.angle, (Math.atan2(dy, dx) * 180) / Math.PI, period);
    if (pointer.radius) nearest(pointer.radius, Math.hypot(dx, dy));
  }
  return positions;
}

// Report the place of a press, and of every move while it is held, as fractions of the element.
function followPointer(element, report) {
  const at = (event) => {
    const box = element.getBoundingClientRect();
    report((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
  };
  element.style.touchAction = "none";
  element.style.cursor = "crosshair";
  element.draggable = false;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    at(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) at(event);
  });
}
