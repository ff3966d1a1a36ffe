/** Gymnasium's reacher.xml without what only draws: armature 1, damping 1, gear 200. */
export const reacherModel = `<mujoco>
  <compiler angle="radian" inertiafromgeom="true"/>
  <default>
    <joint armature="1" damping="1"/>
    <geom contype="0" conaffinity="0" density="1000" type="capsule" size="0.01"/>
  </default>
  <option gravity="0 0 -9.81" integrator="RK4" timestep="0.01"/>
  <worldbody>
    <body pos="0 0 0.01">
      <geom fromto="0 0 0 0.1 0 0"/>
      <joint name="joint0" type="hinge" axis="0 0 1" limited="false"/>
      <body pos="0.1 0 0">
        <joint name="joint1" type="hinge" axis="0 0 1" limited="true" range="-3 3"/>
        <geom fromto="0 0 0 0.1 0 0"/>
        <body pos="0.11 0 0"><geom type="sphere" pos="0 0 0"/></body>
      </body>
    </body>
  </worldbody>
  <actuator>
    <motor joint="joint0" gear="200" ctrllimited="true" ctrlrange="-1 1"/>
    <motor joint="joint1" gear="200" ctrllimited="true" ctrlrange="-1 1"/>
  </actuator>
</mujoco>`;

/** dm_control's reacher.xml without what only draws. */
export const dmControlModel = `<mujoco>
  <option timestep="0.02"><flag contact="disable"/></option>
  <default>
    <joint type="hinge" axis="0 0 1" damping="0.01"/>
    <motor gear=".05" ctrlrange="-1 1" ctrllimited="true"/>
  </default>
  <worldbody>
    <body pos="0 0 .01">
      <geom type="capsule" fromto="0 0 0 0.12 0 0" size=".01"/>
      <joint name="shoulder"/>
      <body pos=".12 0 0">
        <geom type="capsule" fromto="0 0 0 0.1 0 0" size=".01"/>
        <joint name="wrist" limited="true" range="-160 160"/>
        <body pos=".12 0 0"><geom type="sphere" size=".01"/></body>
      </body>
    </body>
  </worldbody>
  <actuator><motor joint="shoulder"/><motor joint="wrist"/></actuator>
</mujoco>`;
