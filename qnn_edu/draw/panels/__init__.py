"""What explorers paint: axes whose artists are created once and only moved afterwards."""
